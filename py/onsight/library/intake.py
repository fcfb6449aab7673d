"""Takes pictures into a library: what must be looked at, and what is known already."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from onsight.errors import Fault, OnsightError
from onsight.library import stated, store
from onsight.library.database import Library
from onsight.library.records import Look, Source
from onsight.library.stated import ALONE, Beside
from onsight.metadata.reading import read_stated

KINDS = ("seen", "unchanged", "moved", "copied", "failed")
"""What can become of a file: it was looked at; it was known; it was known at another place, from which it is gone; it
is a further copy of one that is known; it could not be opened."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file.

    Attributes:
        source: The file.
        kind: One of `KINDS`.
        image: Id of the picture, or None if there is none.
        code: Of the error, if it failed.
        message: Of the error.
    """

    source: Source
    kind: str
    image: int | None = None
    code: str | None = None
    message: str | None = None


class Intake:
    """One run over many files; whatever ends it, the next one goes on where it stopped.

    Each file goes through :meth:`known`; one that is not known is looked at, and then through :meth:`accept` or
    :meth:`refuse`.
    """

    def __init__(
        self,
        library: Library,
        models: Mapping[str, str],
        *,
        retry: bool = False,
        exists: Callable[[Source], bool] = lambda source: True,
        beside: Callable[[Source], Beside] = lambda source: ALONE,
    ) -> None:
        """Begin a run.

        Args:
            library: The library.
            models: Versions of the models that look, by id.
            retry: Whether to try files again that could not be opened before.
            exists: Tells whether a file that is known still lies where it did. Without it nothing counts as moved.
            beside: Returns what lies beside a file and says something about its picture.
        """
        self._library = library
        self._models = models
        self._retry = retry
        self._exists = exists
        self._beside = beside
        self._run: int | None = None

    def known(self, source: Source, read: Callable[[], bytes]) -> Outcome | None:
        """Return what becomes of a file that need not be looked at, or None if it must be.

        Args:
            source: The file as its folder lists it.
            read: Returns its bytes; asked only if they must be compared.

        Raises:
            UnreadableFileError: The file cannot be read.
        """
        read = _once(read)
        outcome = self._known(source, read)
        if outcome and outcome.image is not None:
            self._read_again(outcome, outcome.image, read)
        return outcome

    def _known(self, source: Source, read: Callable[[], bytes]) -> Outcome | None:
        if not self._retry:
            failure = store.failure_of(self._library, source)
            if failure:
                return Outcome(source, "failed", None, failure["code"], failure["message"])
        before = store.find(self._library, source.folder, source.name)
        if before and before.source == source and self._is_enough(before):
            return Outcome(source, "unchanged", before.image)
        if not store.has_size(self._library, source.size):
            return None
        content = hashlib.sha256(read()).hexdigest()
        if before and before.hash == content and self._is_enough(before):
            store.touch(self._library, before.image, source)
            return Outcome(source, "unchanged", before.image)
        others = [one for one in store.find_content(self._library, content) if self._is_enough(one)]
        # What is there already, with a person's tags, does not make way for one that moved.
        gone = None if before else next((one for one in others if not self._exists(one.source)), None)
        if gone:
            store.touch(self._library, gone.image, source)
            return Outcome(source, "moved", gone.image)
        if others:
            return Outcome(source, "copied", store.copy(self._library, others[0].image, source))
        return None

    def accept(self, source: Source, look: Look) -> Outcome:
        """Write what was seen in a file."""
        if self._run is None:
            self._run = store.begin_run(self._library, self._models)
        with self._library.transaction():
            image = store.record(self._library, source, look, self._run)
            stated.write(self._library, image, source, look.stated, self._beside(source))
        return Outcome(source, "seen", image)

    def refuse(self, source: Source, error: OnsightError) -> Outcome:
        """Return what becomes of a file that failed; only a fault of the file itself is recorded.

        Raises:
            OnsightError: ``error`` itself, if no file would succeed now.
        """
        if error.fault is Fault.ENGINE:
            raise error
        if error.fault is Fault.FILE:
            store.record_failure(self._library, source, error)
        return Outcome(source, "failed", None, error.code, error.message)

    def _read_again(self, outcome: Outcome, image: int, read: Callable[[], bytes]) -> None:
        """Read what a known file says if that was not done, or may have changed, since it was last looked at."""
        beside = self._beside(outcome.source)
        # What moved may have another name, and a copy other files beside it.
        if outcome.kind in ("moved", "copied") or not stated.is_current(self._library, image, beside):
            stated.write(self._library, image, outcome.source, read_stated(read()), beside)

    def _is_enough(self, known: store.Known) -> bool:
        """Say whether all models have looked, in these versions; more may have."""
        return all(known.models.get(name) == version for name, version in self._models.items())


def _once(read: Callable[[], bytes]) -> Callable[[], bytes]:
    """Return a function that reads a file the first time it is called."""
    found: list[bytes] = []

    def read_once() -> bytes:
        if not found:
            found.append(read())
        return found[0]

    return read_once
