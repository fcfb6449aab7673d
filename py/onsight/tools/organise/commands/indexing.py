"""Index the pictures of this computer in several processes; only the main process writes the library."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from onsight.core.texts import text
from onsight.engine import Engine
from onsight.errors import CrashedError, OnsightError, OutOfMemoryError, WorkerFailedError
from onsight.library.database import Library
from onsight.library.files import PictureFile, is_its_own, is_one_file, read_picture
from onsight.library.folders import Folders
from onsight.library.import_session import KINDS, ImportSession, Outcome
from onsight.library.records import PictureRecord, Source

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

ATTEMPTS = 2
"""Number of times that a picture may crash a process that analyses nothing else, before this run gives up on it."""

AHEAD = 3
"""Number of pending files per process; more would only use memory."""


@dataclass(slots=True)
class Report:
    """The outcomes of a run.

    Attributes:
        counts: Number of files by kind of outcome; the keys are `onsight.library.import_session.KINDS`.
        failed: Outcomes of the files that could not be opened.
    """

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    failed: list[Outcome] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Add the outcome of a file."""
        self.counts[outcome.kind] += 1
        if outcome.kind == "failed":
            self.failed.append(outcome)


def index(
    library: Library,
    files: Iterable[PictureFile],
    *,
    models: Path | None = None,
    detect: bool = False,
    jobs: int = 1,
    retry: bool = False,
    on_outcome: Callable[[Outcome], None] = lambda outcome: None,
) -> Report:
    """Index files in a library. Known files are skipped, and a broken file never stops the others.

    Args:
        library: The library.
        files: The files.
        models: Folder of the converted models; None for the build's cache.
        detect: Whether to detect objects as well.
        jobs: Number of processes that analyse pictures; 1 analyses them in this process.
        retry: Whether to retry files that could not be opened before.
        on_outcome: Called with the outcome of each file as soon as it is known.

    Raises:
        ModelError: A network is missing or does not run.
        WorkerFailedError: The processes that analyse pictures crash even without a picture.
        LibraryError: The library could not be written.
    """
    report = Report()
    indexer = Engine(models=models).indexer(detect=detect)
    session = ImportSession(
        library,
        indexer.models,
        retry=retry,
        exists=lambda known: is_its_own(known.source, known.hash),
        is_one_file=is_one_file,
        beside=Folders(),
    )

    def told(outcome: Outcome) -> None:
        report.add(outcome)
        on_outcome(outcome)

    def unknown() -> Iterator[Source]:
        for file in files:
            try:
                if file.error:
                    raise file.error
                outcome = session.known(file.source, partial(read_picture, file.source))
            except OnsightError as error:
                outcome = session.refuse(file.source, error)
            if outcome:
                told(outcome)
            else:
                yield file.source

    look_at = _look_here if jobs <= 1 else _look_in_processes
    for source, seen in look_at(unknown(), models, detect, jobs):
        told(session.refuse(source, seen) if isinstance(seen, OnsightError) else session.accept(source, seen))
    return report


def default_jobs() -> int:
    """Return the default number of processes: one per CPU core that this process may use."""
    with suppress(AttributeError):  # not available on every system
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


Analysed = PictureRecord | OnsightError
"""Result of the analysis of a picture: its data, or the error that prevented the analysis."""


def _look(engine: Engine, detect: bool, source: Source) -> Analysed:
    """Analyse a file; return the error if that fails."""
    try:
        return engine.index(read_picture(source), detect=detect)
    except OnsightError as error:
        return error
    except MemoryError:
        return OutOfMemoryError(
            text("There is not enough memory for this picture now. Close other programs and try again.")
        )
    except Exception as error:  # a bug must not stop the other pictures
        reason = f"{type(error).__name__}: {error}"
        return OnsightError(text("Something went wrong inside Onsight with this picture ({reason}).", reason=reason))


def _look_here(
    sources: Iterable[Source], models: Path | None, detect: bool, _jobs: int
) -> Iterator[tuple[Source, Analysed]]:
    engine = Engine(models=models)
    for source in sources:
        yield source, _look(engine, detect, source)


def _look_in_processes(
    sources: Iterable[Source], models: Path | None, detect: bool, jobs: int
) -> Iterator[tuple[Source, Analysed]]:
    """Analyse files in several processes. Pictures that may have crashed a process or lack memory are retried alone."""
    from concurrent.futures import FIRST_COMPLETED, wait
    from concurrent.futures.process import BrokenProcessPool

    waiting = iter(sources)
    pool = _pool(models, detect, jobs)
    pending: dict[Future[Analysed], Source] = {}
    short_of_memory: list[Source] = []
    try:
        while True:
            broken: list[Source] = []
            while not broken and len(pending) < jobs * AHEAD and (source := next(waiting, None)) is not None:
                try:
                    pending[pool.submit(_look_as_worker, source)] = source
                except BrokenProcessPool:
                    broken.append(source)
            if not pending and not broken:
                break
            done = set() if broken else wait(pending, return_when=FIRST_COMPLETED).done
            for future in done:
                source = pending.pop(future)
                try:
                    seen = future.result()
                except BrokenProcessPool:
                    broken.append(source)
                    continue
                if isinstance(seen, OutOfMemoryError):
                    short_of_memory.append(source)
                else:
                    yield source, seen
            if broken:
                broken += pending.values()
                pending.clear()
                pool.shutdown(wait=True)
                yield from _look_one_by_one(broken, models, detect)
                pool = _pool(models, detect, jobs)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    yield from _look_one_by_one(short_of_memory, models, detect)


def _look_one_by_one(sources: list[Source], models: Path | None, detect: bool) -> Iterator[tuple[Source, Analysed]]:
    """Analyse one file at a time in one process, to find out which picture crashes it.

    Raises:
        WorkerFailedError: The process crashes even without a picture.
    """
    from concurrent.futures.process import BrokenProcessPool

    pool = None
    try:
        for source in sources:
            seen: Analysed | None = None
            for _ in range(ATTEMPTS):
                pool = pool or _working_pool(models, detect)
                try:
                    seen = pool.submit(_look_as_worker, source).result()
                    break
                except BrokenProcessPool:
                    pool.shutdown(wait=True)
                    pool = None
            yield (
                source,
                seen
                or CrashedError(
                    text(
                        "This picture crashed the process that analysed it, twice. It may need more memory than is "
                        "available. Index it again to retry, or use a smaller copy."
                    )
                ),
            )
    finally:
        if pool:
            pool.shutdown(wait=True)


def _working_pool(models: Path | None, detect: bool) -> ProcessPoolExecutor:
    from concurrent.futures.process import BrokenProcessPool

    pool = _pool(models, detect, 1)
    try:
        pool.submit(os.getpid).result()
    except BrokenProcessPool as error:
        pool.shutdown(wait=True)
        raise WorkerFailedError(
            text(
                "The processes that analyse pictures end as soon as they start, perhaps because there is not enough "
                "memory. Close other programs or use --jobs 1, then index again to continue."
            )
        ) from error
    return pool


def _pool(models: Path | None, detect: bool, jobs: int) -> ProcessPoolExecutor:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # A forked process would share the library's file and the networks' threads, which is not safe.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, context, initializer=_begin_worker, initargs=(models, detect))


_worker: tuple[Engine, bool] | None = None


def _begin_worker(models: Path | None, detect: bool) -> None:
    import multiprocessing
    import signal
    import threading

    global _worker
    _worker = Engine(models=models, threads=1), detect
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process stops the workers

    def end_with_parent() -> None:
        parent = multiprocessing.parent_process()
        if parent:
            parent.join()
            os._exit(1)  # the main process was killed, so nothing waits for results

    threading.Thread(target=end_with_parent, daemon=True).start()


def _look_as_worker(source: Source) -> Analysed:
    if _worker is None:
        raise RuntimeError("This process was not begun as a worker.")
    engine, detect = _worker
    return _look(engine, detect, source)
