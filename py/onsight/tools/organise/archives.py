"""List the contents of a ZIP archive for the page."""

from __future__ import annotations

from collections.abc import Iterable

from onsight.library.archives import Archive, written_ns
from onsight.tools.organise.results import ArchiveMember, ArchiveMembers


def list_members(archive: Archive) -> ArchiveMembers:
    """Return the pictures and the other files of an archive."""

    def listed(paths: Iterable[str]) -> tuple[ArchiveMember, ...]:
        found = ((path, archive.members[path]) for path in paths)
        return tuple(ArchiveMember(path, one.file_size, written_ns(one) // 1_000_000) for path, one in found)

    return ArchiveMembers(listed(path for path in archive.pictures() if path), listed(archive.others()))
