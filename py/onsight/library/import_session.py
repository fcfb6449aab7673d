"""Import pictures: decide which files must be analysed and which are known already."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from onsight.errors import Fault, OnsightError
from onsight.library import stated, store
from onsight.library.database import Library
from onsight.library.identity import Appearance, is_same_picture
from onsight.library.records import PictureRecord, Source
from onsight.library.roots import OWN_PLACES, Places, common_end
from onsight.library.stated import ALONE, Beside
from onsight.library.store import Known
from onsight.metadata.reading import read_stated

KINDS = ("seen", "unchanged", "moved", "copied", "failed")
"""The outcomes for a file: it was analysed; it was known; it was known at another path, where it no longer exists; it
is another copy of a known file; it could not be opened."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome for a file.

    Attributes:
        source: The file.
        kind: One of `KINDS`.
        image: Id of the picture, or None if there is none.
        code: Code of the error if it failed; otherwise None.
        message: Message of the error, or a warning about a file that was analysed; otherwise None.
    """

    source: Source
    kind: str
    image: int | None = None
    code: str | None = None
    message: str | None = None


class ImportSession:
    """One import of many files. If it is interrupted, the next import continues where it stopped.

    Call :meth:`known` for each file. If it returns None, analyse the file, then call :meth:`accept` or :meth:`refuse`.
    """

    def __init__(
        self,
        library: Library,
        models: Mapping[str, str],
        *,
        retry: bool = False,
        exists: Callable[[Known], bool] = lambda known: True,
        is_one_file: Callable[[Source, Source], bool] = lambda one, other: False,
        beside: Callable[[Source], Beside] = lambda source: ALONE,
    ) -> None:
        """Begin an import.

        Args:
            library: The library.
            models: Versions of the models that analyse the pictures, by id.
            retry: Whether to retry files that could not be opened before.
            exists: Returns whether a known picture's file is still in its place. By default no file counts as moved.
            is_one_file: Returns whether two paths that differ in case or Unicode normalisation lead to one file.
            beside: Returns the metadata files next to a file.
        """
        self._library = library
        self._models = models
        self._retry = retry
        self._is_at_its_place = exists
        self._is_one_file = is_one_file
        self._beside = beside
        self._run: int | None = None

    def known(self, source: Source, read: Callable[[], bytes], places: Places = OWN_PLACES) -> Outcome | None:
        """Return the outcome for a file that is known, or None if it must be analysed.

        Args:
            source: The file as its folder lists it.
            read: Returns its bytes; called only if they must be compared.
            places: The places of the import's files in the library.

        Raises:
            UnreadableFileError: The file cannot be read.
        """
        read = _once(read)
        outcome = self._known(source, read, places)
        if outcome and outcome.image is not None:
            self._read_again(source, outcome, outcome.image, read)
        return outcome

    def _known(self, source: Source, read: Callable[[], bytes], places: Places) -> Outcome | None:
        if not self._retry:
            for place in places.known(source):
                if failure := store.failure_of(self._library, place):
                    return Outcome(place, "failed", None, failure["code"], failure["message"])
        there = self._there(source, places)
        for place, one in there:
            if _has_facts_of(one, place) and self._is_enough(one):
                return self._unchanged(place, one)
        if not store.has_size(self._library, source.size):
            return None
        content = hashlib.sha256(read()).hexdigest()
        for place, one in there:
            if one.hash == content and self._is_enough(one):
                return self._unchanged(place, one)
        others = [one for one in store.find_content(self._library, content) if self._is_enough(one)]
        if gone := self._gone(source, others):
            place = places.free(source)
            store.touch(self._library, gone.image, place)
            return Outcome(place, "moved", gone.image)
        if not others:
            return None
        seen = Appearance.of_picture(self._library, others[0].image)
        changed = self._changed(there, seen)
        place = changed[0] if changed else places.free(source)
        into = changed[1].image if changed else None
        return Outcome(place, "copied", store.copy(self._library, others[0].image, place, into=into))

    def accept(self, source: Source, look: PictureRecord, places: Places = OWN_PLACES) -> Outcome:
        """Record an analysed picture, and return the outcome.

        Args:
            source: The file.
            look: The results of the analysis.
            places: The places of the import's files in the library.
        """
        if self._run is None:
            self._run = store.begin_run(self._library, self._models)
        with self._library.transaction():
            place, image = self._identify(source, look, places)
            image = store.record(self._library, place, look, self._run, image=image)
            stated.write(self._library, image, place, look.stated, self._beside(source))
        return Outcome(place, "seen", image, None, look.classification.image.warning)

    def refuse(self, source: Source, error: OnsightError, places: Places = OWN_PLACES) -> Outcome:
        """Return the outcome for a file that failed. The failure is recorded only if the file is at fault.

        Args:
            source: The file.
            error: The error.
            places: The places of the import's files in the library.

        Raises:
            OnsightError: ``error`` itself, if every other file would fail as well.
        """
        if error.fault is Fault.ENGINE:
            raise error
        place = next(iter(places.known(source)), None) or places.free(source)  # the first file of a new folder
        if error.fault is Fault.FILE:
            store.record_failure(self._library, place, error)
        return Outcome(place, "failed", None, error.code, error.message)

    def _read_again(self, source: Source, outcome: Outcome, image: int, read: Callable[[], bytes]) -> None:
        """Read the metadata of a known file again if it may have changed."""
        beside = self._beside(source)
        # A moved file may have a new name, and a copy may have other files next to it.
        if outcome.kind in ("moved", "copied") or not stated.is_current(self._library, image, beside):
            stated.write(self._library, image, outcome.source, read_stated(read()), beside)

    def _identify(self, source: Source, look: PictureRecord, places: Places) -> tuple[Source, int | None]:
        """Return the place of an analysed file, and the id of its picture if the library has it."""
        there = self._there(source, places)
        for place, one in there:
            if one.hash == look.hash:
                return place, one.image
        if gone := self._gone(source, store.find_content(self._library, look.hash)):
            return places.free(source), gone.image
        changed = self._changed(there, Appearance.of_look(look))
        return (changed[0], changed[1].image) if changed else (places.free(source), None)

    def _there(self, source: Source, places: Places) -> list[tuple[Source, Known]]:
        """Return the pictures whose file this may be, by its path: first those that exist, then missing ones."""

        def may_be(place: Source, one: Known) -> bool:
            return one.source.path == place.path or not self._exists(one) or self._is_one_file(one.source, place)

        found = [(place, one) for place in places.known(source) for one in store.at_place(self._library, place)]
        return sorted((pair for pair in found if may_be(*pair)), key=lambda pair: pair[1].missing)

    def _exists(self, known: Known) -> bool:
        return not known.missing and self._is_at_its_place(known)

    def _gone(self, source: Source, others: list[Known]) -> Known | None:
        """Return the picture whose file has moved here: same content, and its own file no longer exists."""
        gone = [one for one in others if not self._exists(one)]
        return max(gone, key=lambda one: common_end(one.source.path, source.path), default=None)

    def _changed(self, there: list[tuple[Source, Known]], seen: Appearance) -> tuple[Source, Known] | None:
        """Return the picture that a file is an edited version of, and its place."""
        for place, one in there:
            if is_same_picture(Appearance.of_picture(self._library, one.image), seen):
                return place, one
        return None

    def _unchanged(self, place: Source, one: Known) -> Outcome:
        if one.source != place or one.missing:
            store.touch(self._library, one.image, place)
        return Outcome(place, "unchanged", one.image)

    def _is_enough(self, known: Known) -> bool:
        """Return whether all models, in these versions, have analysed the picture."""
        return all(known.models.get(name) == version for name, version in self._models.items())


def _once(read: Callable[[], bytes]) -> Callable[[], bytes]:
    """Return a function that reads a file the first time it is called."""
    found: list[bytes] = []

    def read_once() -> bytes:
        if not found:
            found.append(read())
        return found[0]

    return read_once


def _has_facts_of(one: Known, place: Source) -> bool:
    return (one.source.size, one.source.mtime_ns) == (place.size, place.mtime_ns)
