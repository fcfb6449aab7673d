"""Find the library's folder for each file that a page imports, and which known files are gone from these folders."""

from __future__ import annotations

from dataclasses import dataclass, field

from onsight.library import roots
from onsight.library.database import Library
from onsight.library.records import Source
from onsight.library.roots import AddedPlaces, Arrival
from onsight.library.store import Known
from onsight.tools.organise.options import BeginImportOptions, SourceOptions

_Group = tuple[int, str]
"""Index of an arrival, and the first part of the file's folder."""


@dataclass(slots=True)
class Added:
    """The files of one import, and the folders of all imports since the library was opened."""

    _visits: dict[tuple[str, str], Arrival] = field(default_factory=dict)
    _groups: dict[_Group, Arrival] = field(default_factory=dict)
    _listed: dict[str, dict[str, int]] = field(default_factory=dict)
    _gone: frozenset[str] = frozenset()

    def again(self, library: Library, options: BeginImportOptions) -> Added:
        """Return the state for the next import, after finding the roots of its files."""
        added = Added(self._visits)
        groups: dict[_Group, list[Source]] = {}
        for file in options.files:
            groups.setdefault(_group(file), []).append(source_of(file))
        for group, files in groups.items():
            index, name = group
            offered = options.arrivals[index]
            arrival = Arrival(name, offered.key if offered.lasting else "")
            if offered.key:
                arrival = self._visits.setdefault((offered.key, name), arrival)
            added._groups[group] = roots.settle(library, arrival, files)
            if offered.whole and arrival.root is not None:
                listed = {place.place: place.size for place in (arrival.in_root(one, arrival.root) for one in files)}
                added._listed.setdefault(arrival.root, {}).update(listed)
        added._gone = frozenset(root.path for root in roots.roots(library) if set(root.keys) & set(options.gone))
        return added

    def places(self, library: Library, file: SourceOptions) -> AddedPlaces:
        """Return the places for a file of this import."""
        arrival = self._groups.get(_group(file))
        if arrival is None:  # the import did not start with this file
            arrival = self._groups[_group(file)] = roots.settle(library, Arrival(_group(file)[1]), [source_of(file)])
        return AddedPlaces(library, arrival)

    def exists(self, known: Known) -> bool:
        """Return whether a known file is still at its path, as far as this import knows."""
        source = known.source
        if roots.is_absolute(source.folder):
            return False  # the command line indexed it; now the page has the file
        root = source.folder.split("/", 1)[0]
        if root in self._gone:
            return False
        return root not in self._listed or self._listed[root].get(source.place) == source.size


def source_of(file: SourceOptions) -> Source:
    """Return a page's file as a `Source`."""
    return Source(file.folder, file.name, file.size, file.modified_ms * 1_000_000)


def _group(file: SourceOptions) -> _Group:
    return file.arrival, file.folder.split("/", 1)[0]
