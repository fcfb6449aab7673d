"""What can be asked of a library by a page, checked: everything that comes from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from onsight.core.options import (
    check_choice,
    check_flag,
    check_integer,
    check_number,
    check_text,
    check_texts,
    options_from,
)
from onsight.errors import CODES, InvalidOptionError

Item = TypeVar("Item")

MAX_ID = 2**53 - 1
"""What JavaScript counts to."""


def check_ids(name: str, value: object) -> tuple[int, ...]:
    """Return a list of ids as a tuple; raise InvalidOptionError for anything else."""
    if not isinstance(value, (list, tuple)):
        raise InvalidOptionError(f"{name} must be a list of ids, got {value!r}.")
    for one in value:
        check_integer(name, one, 1, MAX_ID)
    return tuple(value)


def _check_bytes(name: str, value: object) -> bytes:
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise InvalidOptionError(f"{name} must be bytes, got {type(value).__name__}.")
    return bytes(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLibraryOptions:
    """Which library is opened.

    Attributes:
        path: Where its file lies.

    Raises:
        InvalidOptionError: A value is of the wrong type or outside its range; so for all that follow.
    """

    path: str

    def __post_init__(self) -> None:
        check_text("path", self.path)
        if not self.path:
            raise InvalidOptionError("path must name the library's file.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOptions:
    """A file, as its folder lists it.

    Attributes:
        folder: Where it lies, with ``/``, from the chosen folder on.
        name: Its name.
        size: In bytes.
        modified_ms: When it was last written, in milliseconds since 1970.
        beside: Changes when one of the files beside it that say something about the picture comes, goes or changes;
            empty if there is none.
        arrival: Which of the run's `ArrivalOptions` it belongs to.
    """

    folder: str
    name: str
    size: int
    modified_ms: int
    beside: str = ""
    arrival: int = 0

    def __post_init__(self) -> None:
        check_text("beside", self.beside)
        check_text("folder", self.folder)
        check_text("name", self.name)
        if not self.name:
            raise InvalidOptionError("name must name the file.")
        check_integer("size", self.size, 0, MAX_ID)
        check_integer("modified_ms", self.modified_ms, -MAX_ID, MAX_ID)
        check_integer("arrival", self.arrival, 0, MAX_ID)


@dataclass(frozen=True, slots=True)
class CheckFilesOptions:
    """Files of which the library tells whether it knows them.

    Attributes:
        files: The files.
    """

    files: tuple[SourceOptions, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "files", _check_sources(self.files))


@dataclass(frozen=True, slots=True)
class ArrivalOptions:
    """Files that were added at once: a folder, or single files.

    Attributes:
        key: By which the page knows the folder again; empty if it does not.
        lasting: Whether the page will know it by this key in later visits, too.
        whole: Whether all the pictures of the folder are in the run's files: what the library knows in it and is not
            among them has moved or is gone.
    """

    key: str = ""
    lasting: bool = False
    whole: bool = False

    def __post_init__(self) -> None:
        check_text("key", self.key)
        check_flag("lasting", self.lasting)
        check_flag("whole", self.whole)


@dataclass(frozen=True, slots=True)
class BeginImportOptions:
    """What a run of importing has before it.

    Attributes:
        detect: Whether objects are looked for.
        retry: Whether to try files again that could not be opened before.
        arrivals: What was added. Without any, all files are single ones.
        files: All the files.
        gone: Keys of folders that are no longer where they were.
    """

    detect: bool = False
    retry: bool = False
    arrivals: tuple[ArrivalOptions, ...] = ()
    files: tuple[SourceOptions, ...] = ()
    gone: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_flag("detect", self.detect)
        check_flag("retry", self.retry)
        arrivals = _check_list("arrivals", self.arrivals, ArrivalOptions) or (ArrivalOptions(),)
        object.__setattr__(self, "arrivals", arrivals)
        object.__setattr__(self, "files", _check_sources(self.files))
        object.__setattr__(self, "gone", check_texts("gone", self.gone))
        if any(file.arrival >= len(arrivals) for file in self.files):
            raise InvalidOptionError("A file must name one of the arrivals by its index.")


def _check_list(name: str, value: object, kind: type[Item]) -> tuple[Item, ...]:
    """Return a list of dataclasses, some given as plain data, as a tuple."""
    if not isinstance(value, (list, tuple)):
        raise InvalidOptionError(f"{name} must be a list, got {value!r}.")
    return tuple(one if isinstance(one, kind) else options_from(kind, one) for one in value)


def _check_sources(value: object) -> tuple[SourceOptions, ...]:
    return _check_list("files", value, SourceOptions)


@dataclass(frozen=True, slots=True)
class SidecarFile:
    """A file beside a picture.

    Attributes:
        name: Its name.
        data: Its content.
    """

    name: str
    data: bytes

    def __post_init__(self) -> None:
        check_text("name", self.name)
        object.__setattr__(self, "data", _check_bytes("data", self.data))


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareFileOptions(SourceOptions):
    """A file whose bytes are there, and the files beside it.

    Attributes:
        sidecars: Those that say something about the picture, as `BesideOptions` has found them.
    """

    sidecars: tuple[SidecarFile, ...] = ()

    def __post_init__(self) -> None:
        # slots=True replaces the class, so a bare super() refers to the old one.
        SourceOptions.__post_init__(self)
        object.__setattr__(self, "sidecars", _check_list("sidecars", self.sidecars, SidecarFile))


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeSidecarsOptions:
    """A picture whose tags shall be in its sidecars.

    Attributes:
        id: Of the picture.
        sidecars: Those that are there, of its name or of its stem.
        same_stem: Names of the other pictures of its stem in its folder.
    """

    id: int
    sidecars: tuple[SidecarFile, ...] = ()
    same_stem: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_integer("id", self.id, 1, MAX_ID)
        object.__setattr__(self, "sidecars", _check_list("sidecars", self.sidecars, SidecarFile))
        object.__setattr__(self, "same_stem", check_texts("same_stem", self.same_stem))


@dataclass(frozen=True, slots=True)
class BesideOptions:
    """Pictures, and files that may say something about them.

    Attributes:
        pictures: Paths of the pictures.
        files: Paths of sidecars and JSON files.
    """

    pictures: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("pictures", "files"):
            object.__setattr__(self, name, check_texts(name, getattr(self, name)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOptions(CompareFileOptions):
    """A file, and what was seen in it.

    Attributes:
        look: What `index` answered for it.
    """

    look: bytes

    def __post_init__(self) -> None:
        CompareFileOptions.__post_init__(self)
        object.__setattr__(self, "look", _check_bytes("look", self.look))


@dataclass(frozen=True, slots=True, kw_only=True)
class RelocateOptions(SourceOptions):
    """Where a picture's file lies now.

    Attributes:
        id: Of the picture.
    """

    id: int

    def __post_init__(self) -> None:
        SourceOptions.__post_init__(self)
        check_integer("id", self.id, 1, MAX_ID)


@dataclass(frozen=True, slots=True)
class RootOptions:
    """A folder that the page has a handle of.

    Attributes:
        key: By which the page knows it.
        name: Its name.
        path: What the library calls it, if the person says that it is one that the library knows.
    """

    key: str
    name: str
    path: str = ""

    def __post_init__(self) -> None:
        for name in ("key", "name", "path"):
            check_text(name, getattr(self, name))
        if not self.key or not self.name:
            raise InvalidOptionError("key and name must say which folder it is.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseOptions(SourceOptions):
    """A file that could not be opened.

    Attributes:
        code: Of the error.
        message: Of the error.
    """

    code: str
    message: str

    def __post_init__(self) -> None:
        SourceOptions.__post_init__(self)
        check_choice("code", self.code, sorted(CODES))
        check_text("message", self.message)


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """Which pictures are looked for.

    Attributes:
        query: See `onsight.library.query`; an empty one finds all.
        order: Of `onsight.library.search.ORDERS`.
    """

    query: str = ""
    order: str = "date"

    def __post_init__(self) -> None:
        check_text("query", self.query)
        check_text("order", self.order)


@dataclass(frozen=True, slots=True)
class PicturesOptions:
    """Some pictures of the library.

    Attributes:
        ids: Their ids.
    """

    ids: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", check_ids("ids", self.ids))


@dataclass(frozen=True, slots=True)
class PictureOptions:
    """One picture of the library.

    Attributes:
        id: Its id.
    """

    id: int

    def __post_init__(self) -> None:
        check_integer("id", self.id, 1, MAX_ID)


EDITS = ("add", "remove", "rename", "accept", "reject")


@dataclass(frozen=True, slots=True, kw_only=True)
class EditLibraryOptions(PicturesOptions):
    """A change to the tags of pictures.

    Attributes:
        action: Of `EDITS`.
        tags: Names of the tags; of one alone for ``"rename"``.
        name: The new name, for ``"rename"``.
    """

    action: str = "add"
    tags: tuple[str, ...]
    name: str = ""

    def __post_init__(self) -> None:
        PicturesOptions.__post_init__(self)
        check_choice("action", self.action, EDITS)
        object.__setattr__(self, "tags", check_texts("tags", self.tags))
        check_text("name", self.name)
        if not self.tags or (self.action == "rename" and len(self.tags) != 1):
            raise InvalidOptionError(f"tags must name {'one tag' if self.action == 'rename' else 'a tag'}.")


@dataclass(frozen=True, slots=True)
class SaveSearchOptions:
    """A search to remember or, without a query, to forget.

    Attributes:
        name: For people.
        query: What it looks for; empty to forget it.
    """

    name: str
    query: str = ""

    def __post_init__(self) -> None:
        check_text("name", self.name)
        check_text("query", self.query)


DUPLICATES = ("exact", "near", "similar")


@dataclass(frozen=True, slots=True)
class DuplicatesOptions(SearchOptions):
    """Which pictures belong together.

    Attributes:
        kind: Of `DUPLICATES`.
        similarity: Cosine that similar ones must reach, in (0, 1]; None takes the library's own.
    """

    kind: str = "near"
    similarity: float | None = None

    def __post_init__(self) -> None:
        SearchOptions.__post_init__(self)
        check_choice("kind", self.kind, DUPLICATES)
        if self.similarity is not None:
            check_number("similarity", self.similarity, 0, 1)


@dataclass(frozen=True, slots=True)
class PlanOptions(PicturesOptions):
    """How pictures are put into folders.

    Attributes:
        by: What makes the folders, the outermost first; see `onsight.library.sorting.make_plan`.
        rules: ``NAME=QUERY`` each, for the grouping ``"rule"``.
        pattern: How files are named.
        taken: Paths, relative and with ``/``, at which there is something already.
        hashes: SHA-256 in hex of the files at ``taken``, in that order, empty where it is not known; none at all if
            none is known.
        beside: Paths of all files in the folders that the pictures are in, as far as they are known; what belongs to
            pictures is among them.
    """

    by: tuple[str, ...] = ("category",)
    rules: tuple[str, ...] = ()
    pattern: str = "{name}"
    taken: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        PicturesOptions.__post_init__(self)
        for name in ("by", "rules", "taken", "hashes", "beside"):
            object.__setattr__(self, name, check_texts(name, getattr(self, name)))
        check_text("pattern", self.pattern)
        if self.hashes and len(self.hashes) != len(self.taken):
            raise InvalidOptionError(f"hashes must be one for each of {len(self.taken)} paths, got {len(self.hashes)}.")


@dataclass(frozen=True, slots=True)
class ExportLibraryOptions(PicturesOptions):
    """What is written of pictures.

    Attributes:
        format: Of `onsight.library.exports.FORMATS`.
        name: What the file is called, without a suffix.
    """

    format: str = "csv"
    name: str = "onsight"

    def __post_init__(self) -> None:
        PicturesOptions.__post_init__(self)
        check_text("format", self.format)
        check_text("name", self.name)


@dataclass(frozen=True, slots=True)
class MemberOptions:
    """A file in an archive.

    Attributes:
        path: As the archive lists it.
    """

    path: str

    def __post_init__(self) -> None:
        check_text("path", self.path)


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """How a picture is looked at for a library.

    Attributes:
        detect: Whether objects are looked for, too.
    """

    detect: bool = False

    def __post_init__(self) -> None:
        check_flag("detect", self.detect)
