"""Results of Organise: frozen dataclasses of plain JSON data, except for thumbnails and files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from onsight.core.results import Box, to_json
from onsight.library.records import FacetValue as FacetValue
from onsight.library.records import SavedSearch as SavedSearch
from onsight.tools.classify.results import Candidate
from onsight.tools.detect.results import DataSetText
from onsight.tools.tag.results import Colour, Tag


class _Result:
    """Something that is told to the page."""

    __slots__ = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data; bytes stay bytes."""
        return to_json(self)


@dataclass(frozen=True, slots=True)
class LibraryRoot(_Result):
    """A folder that was added, or a place of single files.

    Attributes:
        path: What the folders of its pictures begin with, such as ``"100CANON (2)"``.
        is_folder: Whether it is a folder, and not a place of single files.
        keys: By which the page knows its handle.
    """

    path: str
    is_folder: bool
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnFile(_Result):
    """Whether a file is a picture's own.

    Attributes:
        is_own: Whether it has the picture's content.
    """

    is_own: bool


@dataclass(frozen=True, slots=True)
class LibraryStatus(_Result):
    """How a library stands.

    Attributes:
        pictures: How many it has.
        failed: How many files could not be opened.
        missing: How many of its pictures are missing: another picture's file is where theirs was.
        bytes: Size of its file.
        undo: What "undo" takes back, for people, or None.
        redo: What "redo" does again, or None.
        searches: Those that are remembered, by name.
        roots: The folders that were added.
    """

    pictures: int
    failed: int
    missing: int
    bytes: int
    undo: str | None
    redo: str | None
    searches: tuple[SavedSearch, ...]
    roots: tuple[LibraryRoot, ...]


@dataclass(frozen=True, slots=True)
class FileOutcome(_Result):
    """What becomes of a file.

    Attributes:
        kind: Of `onsight.library.import_session.KINDS`; or ``"new"`` if it must be looked at, ``"compare"`` if its
            bytes must be compared first, once the new ones are in.
        id: Of the picture, or None if there is none.
        folder: Where the library has the file: two folders of one name are told apart. None if it has not.
        code: Of the error, if it failed.
        message: Of the error; or what is wrong with a file that could be read nevertheless.
    """

    kind: str
    id: int | None
    folder: str | None
    code: str | None
    message: str | None


@dataclass(frozen=True, slots=True)
class FileOutcomes(_Result):
    """What becomes of files.

    Attributes:
        outcomes: One a file, in their order.
    """

    outcomes: tuple[FileOutcome, ...]


@dataclass(frozen=True, slots=True)
class SidecarContent:
    """What a sidecar shall hold.

    Attributes:
        name: Its name, in the picture's folder.
        data: Its content.
        is_changed: Whether it holds something else now, or is not there.
    """

    name: str
    data: bytes
    is_changed: bool


@dataclass(frozen=True, slots=True)
class MergedSidecars(_Result):
    """The sidecars of a picture, with its tags.

    Attributes:
        sidecars: At least one.
    """

    sidecars: tuple[SidecarContent, ...]


@dataclass(frozen=True, slots=True)
class FilesBeside(_Result):
    """Which files say something about which picture.

    Attributes:
        files: For each picture the places of its files among those that were asked about, the first first.
    """

    files: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class IndexedPicture(_Result):
    """What was seen in a picture, for a library.

    Attributes:
        look: For `RecordOptions`, and nobody else.
    """

    look: bytes


@dataclass(frozen=True, slots=True)
class ArchiveMember:
    """A file in an archive.

    Attributes:
        path: As the archive lists it.
        size: In bytes, unpacked.
        modified_ms: When it was last written, in milliseconds since 1970.
    """

    path: str
    size: int
    modified_ms: int


@dataclass(frozen=True, slots=True)
class ArchiveMembers(_Result):
    """The pictures in an archive, and its other files: sidecars, videos and anything else.

    Attributes:
        members: The pictures by path.
        others: The files that are not pictures, judging by their names; sorted by path.
    """

    members: tuple[ArchiveMember, ...]
    others: tuple[ArchiveMember, ...]


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file that could not be opened.

    Attributes:
        folder: Where it lies.
        name: Its name.
        code: Of the error.
        message: Of the error.
    """

    folder: str
    name: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class FailedFiles(_Result):
    """The files that could not be opened.

    Attributes:
        files: By path.
    """

    files: tuple[FailedFile, ...]


@dataclass(frozen=True, slots=True)
class FoundPictures(_Result):
    """Which pictures were found.

    Attributes:
        ids: In the order that was asked for.
        order: Name of the order that the query itself asks for instead, for people; None if it does not.
    """

    ids: tuple[int, ...]
    order: str | None


@dataclass(frozen=True, slots=True)
class Suggested:
    """A completion of what is being typed, or another spelling.

    Attributes:
        query: The whole query with it.
        words: The completion or the spelling alone.
        count: How many pictures the query finds.
    """

    query: str
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class Suggestions(_Result):
    """Completions of what is being typed.

    Attributes:
        suggestions: Those with most pictures first.
    """

    suggestions: tuple[Suggested, ...]


@dataclass(frozen=True, slots=True)
class SearchAdvice(_Result):
    """What to say about a query that finds nothing.

    Attributes:
        sentences: Which words are unknown or have no pictures.
        spellings: Other spellings that find something, likeliest first.
        nearest: Ids of the nearest pictures, nearest first.
        nearest_are: What they are, as a sentence; empty without any.
    """

    sentences: tuple[str, ...]
    spellings: tuple[Suggested, ...]
    nearest: tuple[int, ...]
    nearest_are: str


@dataclass(frozen=True, slots=True)
class Explanation(_Result):
    """Why a query of plain words found a picture.

    Attributes:
        sentences: One for each thing that the words ask for; empty without plain words.
    """

    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GridItem:
    """What a grid shows of a picture.

    Attributes:
        id: Its id.
        folder: Where its file lies.
        name: Of its file.
        width: Of the upright picture in pixels.
        height: Of the upright picture in pixels.
        label: Its one label.
        score: Probability of the label.
        category: Its broad group.
        missing: Whether another picture's file is where its own was.
        thumbnail: A small JPEG.
    """

    id: int
    folder: str
    name: str
    width: int
    height: int
    label: str
    score: float
    category: str
    missing: bool
    thumbnail: bytes


@dataclass(frozen=True, slots=True)
class GridItems(_Result):
    """What a grid shows of pictures.

    Attributes:
        items: In the order that was asked for; without those that the library does not have.
    """

    items: tuple[GridItem, ...]


@dataclass(frozen=True, slots=True)
class Facet:
    """A kind of thing that pictures have in common.

    Attributes:
        kind: Such as ``"category"``.
        title: For people.
        values: The most frequent first.
    """

    kind: str
    title: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class Facets(_Result):
    """What pictures have in common.

    Attributes:
        facets: Those that any of the pictures has.
    """

    facets: tuple[Facet, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of a picture.

    Attributes:
        name: For people.
        value: For people.
    """

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class LibraryPicture(_Result):
    """Everything that a library knows of a picture.

    Attributes:
        id: Its id.
        folder: Where its file lies.
        name: Of its file.
        size: Of its file, in bytes.
        modified_ms: When its file was last written, in milliseconds since 1970.
        width: Of the upright picture in pixels.
        height: Of the upright picture in pixels.
        label: Its one label.
        score: Probability of the label.
        certain: Whether the label passed its threshold.
        category: Its broad group.
        candidates: The best labels, most probable first.
        tags: As a person sees them.
        rejected: Names of the machine's tags that a person rejected.
        boxes: Its objects, or None if nobody looked for any.
        objects: How many objects of each kind they are, for people, such as ``"2 people"``.
        colours: Largest share first.
        facts: The rest, for people.
    """

    id: int
    folder: str
    name: str
    size: int
    modified_ms: int
    width: int
    height: int
    label: str
    score: float
    certain: bool
    category: str
    candidates: tuple[Candidate, ...]
    tags: tuple[Tag, ...]
    rejected: tuple[str, ...]
    boxes: tuple[Box, ...] | None
    objects: tuple[str, ...]
    colours: tuple[Colour, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class LibraryEdit(_Result):
    """A change that was made, or turned.

    Attributes:
        action: What it was, for people; None if there was nothing to turn.
        pictures: In how many pictures it changed anything.
    """

    action: str | None
    pictures: int


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag of some pictures.

    Attributes:
        name: For people.
        count: How many of the pictures show it.
        own: In how many of them it is a person's.
    """

    name: str
    count: int
    own: int


@dataclass(frozen=True, slots=True)
class TagCounts(_Result):
    """The tags of some pictures.

    Attributes:
        tags: The most frequent first.
    """

    tags: tuple[TagCount, ...]


@dataclass(frozen=True, slots=True)
class PictureGroup:
    """Pictures that belong together.

    Attributes:
        ids: Their ids: the one to keep first, then from better to worse.
        sizes: Of their files in bytes, in that order.
        spare_bytes: What the files of all but the first take.
        reason: Why the first is the one to keep, such as ``"largest"``; empty if nothing tells them apart.
        turns: How each differs from the first, such as ``"turned 90° clockwise"`` or ``"mirrored"``; empty if it is the
            same way up.
    """

    ids: tuple[int, ...]
    sizes: tuple[int, ...]
    spare_bytes: int
    reason: str
    turns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PictureGroups(_Result):
    """Groups of pictures.

    Attributes:
        groups: In the order of the library.
    """

    groups: tuple[PictureGroup, ...]


@dataclass(frozen=True, slots=True)
class PlannedCompanion:
    """Where a file goes that belongs to a picture.

    Attributes:
        name: Its name, in the picture's folder.
        target: Where it goes, relative and with ``/``.
        sharers: Names of the other pictures that it belongs to; it is moved away with the last of them.
    """

    name: str
    target: str
    sharers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """A file of a picture's name that does not go where the picture goes.

    Attributes:
        folder: Where it is.
        name: Its name.
        reason: Why it stays, as in "It stays: …".
    """

    folder: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class DataSetImage:
    """A picture that belongs in a data set.

    Attributes:
        id: Of the picture.
        path: Where its file belongs, relative and with ``/``.
    """

    id: int
    path: str


@dataclass(frozen=True, slots=True)
class DataSet(_Result):
    """A data set to train detectors with.

    Attributes:
        texts: Labels and lists.
        images: The pictures.
    """

    texts: tuple[DataSetText, ...]
    images: tuple[DataSetImage, ...]


@dataclass(frozen=True, slots=True)
class PlannedMove:
    """Where a picture goes.

    Attributes:
        id: Of the picture.
        folder: Where its file lies.
        name: Of its file.
        size: Of its file, in bytes.
        modified_ms: When its file was last written, in milliseconds since 1970.
        target: Where it goes, relative and with ``/``.
        is_there: Whether the same file is there already.
        companions: What goes along with it.
    """

    id: int
    folder: str
    name: str
    size: int
    modified_ms: int
    target: str
    is_there: bool
    companions: tuple[PlannedCompanion, ...]


@dataclass(frozen=True, slots=True)
class FolderCount:
    """How many pictures go into a folder.

    Attributes:
        name: Of the folder, with ``/``; empty for none.
        count: How many.
    """

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class SortingPlan(_Result):
    """Where pictures go.

    Attributes:
        moves: One for each picture.
        folders: By name.
        left: What has a picture's name and stays.
    """

    moves: tuple[PlannedMove, ...]
    folders: tuple[FolderCount, ...]
    left: tuple[LeftBehind, ...]


@dataclass(frozen=True, slots=True)
class NamedChoice:
    """Something to choose.

    Attributes:
        id: Its name for programs.
        name: For people.
    """

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class LibraryChoices(_Result):
    """What can be chosen.

    Attributes:
        orders: In what order pictures are listed.
        groupings: By what they are put into folders.
        formats: In what formats they are exported.
        fields: What a query can ask for: an example as id, and what it finds.
        pattern: The fields that a pattern for names can contain.
    """

    orders: tuple[NamedChoice, ...]
    groupings: tuple[NamedChoice, ...]
    formats: tuple[NamedChoice, ...]
    fields: tuple[NamedChoice, ...]
    pattern: tuple[NamedChoice, ...]
