"""Carry out a plan as a ZIP stream; only one picture is in memory at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from onsight.errors import OnsightError
from onsight.files.zipping import zip_stream
from onsight.library.records import Source
from onsight.library.sorting.plan import Move, Plan


def zip_plan(
    plan: Plan,
    read: Callable[[Source], bytes],
    find: Callable[[str, str], Source],
    on_failure: Callable[[Move, OnsightError], None] = lambda move, error: None,
) -> Iterator[bytes]:
    """Yield a ZIP of the pictures of a plan and their companion files, in chunks. Unreadable files are left out.

    Args:
        plan: The plan.
        read: Returns a file's bytes.
        find: Returns a file by its folder and name, as its folder lists it.
        on_failure: Called for each file that was left out.
    """
    packed: set[str] = set()

    def files() -> Iterator[tuple[str, int, bytes]]:
        for move in plan.moves:
            try:
                data = read(move.source)
            except OnsightError as error:
                on_failure(move, error)
                continue
            yield move.target, move.source.mtime_ns, data
            for companion in move.companions:
                if companion.target in packed:  # it came with another picture
                    continue
                packed.add(companion.target)
                try:
                    source = find(move.source.folder, companion.name)
                    data = read(source)
                except OnsightError as error:
                    on_failure(move, error)
                else:
                    yield companion.target, source.mtime_ns, data

    return zip_stream(files())
