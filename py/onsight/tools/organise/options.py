"""The options of a library's methods."""

from __future__ import annotations

from onsight.core.options import MAX_INTEGER, option, options
from onsight.core.texts import text
from onsight.errors import CODES, InvalidOptionError
from onsight.tools.tag.keywords import LEVELS
from onsight.tools.tag.options import KEYWORDS

ALT_TEXT = "Include a sentence that describes the picture, where it has no description."

EDITS = ("add", "remove", "rename", "accept", "reject")

DUPLICATES = ("exact", "near", "similar")


@options(kw_only=True)
class OpenLibraryOptions:
    """Which library to open."""

    path: str = option(filled="the library's file", doc="Path of its file.")


@options(kw_only=True)
class SourceOptions:
    """A file, as its folder lists it."""

    folder: str = option(doc="Path of its folder, with `/`, from the chosen folder on.")
    name: str = option(filled="the file", doc="Its name.")
    size: int = option(low=0, high=MAX_INTEGER, unit="bytes", doc="Its size.")
    modified_ms: int = option(
        low=-MAX_INTEGER, high=MAX_INTEGER, unit="ms", doc="When it was last written, since 1970."
    )
    beside: str = option(
        default="",
        doc="Changes whenever a file beside it that describes the picture is added, removed or changed; empty if "
        "there is none.",
    )
    arrival: int = option(default=0, low=0, high=MAX_INTEGER, doc="Index of the `ArrivalOptions` that it belongs to.")


@options
class CheckFilesOptions:
    """Files to look up in the library."""

    files: tuple[SourceOptions, ...] = option(default=(), item="file", doc="The files.")


@options
class ArrivalOptions:
    """Files that were added together: a folder, or single files."""

    key: str = option(default="", doc="Key by which the page recognises the folder; empty if it cannot.")
    lasting: bool = option(default=False, doc="The page will recognise it by this key in later visits as well.")
    whole: bool = option(
        default=False,
        doc="All pictures of the folder are among the files: those that the library knows and that are not among "
        "them have moved or are gone.",
    )


@options
class BeginImportOptions:
    """What an import is about to read."""

    detect: bool = option(default=False, doc="Look for objects as well.")
    retry: bool = option(default=False, doc="Try files again that could not be opened before.")
    arrivals: tuple[ArrivalOptions, ...] = option(
        default=(), item="arrival", doc="What was added; if the list is empty, all files are single ones."
    )
    files: tuple[SourceOptions, ...] = option(default=(), item="file", doc="All the files.")
    gone: tuple[str, ...] = option(default=(), item="key", doc="Keys of folders that are no longer where they were.")

    def __post_init__(self) -> None:
        if not self.arrivals:
            object.__setattr__(self, "arrivals", (ArrivalOptions(),))
        if any(file.arrival >= len(self.arrivals) for file in self.files):
            raise InvalidOptionError(text("Each file must give the index of one of the added files."))


@options
class SidecarFile:
    """A file beside a picture."""

    name: str = option(doc="Its name.")
    data: bytes = option(doc="Its content.")


@options(kw_only=True)
class CompareFileOptions(SourceOptions):
    """A file whose bytes are given, and the files beside it."""

    sidecars: tuple[SidecarFile, ...] = option(
        default=(), item="sidecar", doc="The files that describe the picture, as `library_beside` found them."
    )


@options(kw_only=True)
class MergeSidecarsOptions:
    """A picture whose tags are to be written into its sidecars."""

    id: int = option(low=1, high=MAX_INTEGER, doc="Id of the picture.")
    sidecars: tuple[SidecarFile, ...] = option(
        default=(), item="sidecar", doc="The sidecars that exist, named after the picture or after its stem."
    )
    same_stem: tuple[str, ...] = option(
        default=(), item="name", doc="Names of the other pictures in its folder that have the same stem."
    )
    keywords: str = option(default="main", choices=LEVELS, doc=KEYWORDS)
    alt_text: bool = option(default=False, doc=ALT_TEXT)


@options
class BesideOptions:
    """Pictures, and files that may describe them."""

    pictures: tuple[str, ...] = option(default=(), item="path", doc="Paths of the pictures.")
    files: tuple[str, ...] = option(default=(), item="path", doc="Paths of sidecars and JSON files.")


@options(kw_only=True)
class RecordOptions(CompareFileOptions):
    """A file, and what was found in it."""

    look: bytes = option(doc="What `index` returned for it.")


@options(kw_only=True)
class RelocateOptions(SourceOptions):
    """Where a picture's file is now."""

    id: int = option(low=1, high=MAX_INTEGER, doc="Id of the picture.")


@options
class RootOptions:
    """A folder that the page has a handle of."""

    key: str = option(doc="Key by which the page recognises it.")
    name: str = option(doc="Its name.")
    path: str = option(default="", doc="What the library calls it, if the user says that the library knows it.")

    def __post_init__(self) -> None:
        if not self.key or not self.name:
            raise InvalidOptionError(text("key and name must say which folder it is."))


@options(kw_only=True)
class RefuseOptions(SourceOptions):
    """A file that could not be opened."""

    code: str = option(choices=tuple(sorted(CODES)), doc="Code of the error.")
    message: str = option(doc="Message of the error.")


@options
class SearchOptions:
    """Which pictures to find."""

    query: str = option(default="", doc="The query; an empty one finds all pictures.")
    order: str = option(default="relevance", doc='Order of the pictures, such as `"relevance"`, `"date"` or `"name"`.')


@options
class SuggestOptions:
    """What is being typed."""

    query: str = option(default="", doc="The query so far.")
    limit: int = option(default=8, low=1, high=20, doc="Maximum number of completions.")


@options
class ExplainOptions:
    """A picture and the query that found it."""

    id: int = option(low=1, high=MAX_INTEGER, doc="The picture's id.")
    query: str = option(default="", doc="The query.")


@options
class PicturesOptions:
    """Some pictures of the library."""

    ids: tuple[int, ...] = option(default=(), low=1, high=MAX_INTEGER, item="id", doc="Their ids.")


@options
class PictureOptions:
    """One picture of the library."""

    id: int = option(low=1, high=MAX_INTEGER, doc="Its id.")


@options(kw_only=True)
class KeywordOptions(PictureOptions):
    """One picture of the library, and which of its tags to write."""

    keywords: str = option(default="main", choices=LEVELS, doc=KEYWORDS)
    alt_text: bool = option(default=False, doc=ALT_TEXT)


@options(kw_only=True)
class EditLibraryOptions(PicturesOptions):
    """A change to the tags of pictures."""

    action: str = option(default="add", choices=EDITS, doc="What to do.")
    tags: tuple[str, ...] = option(item="name", doc='Names of the tags; a single one for `"rename"`.')
    name: str = option(default="", doc='The new name, for `"rename"`.')

    def __post_init__(self) -> None:
        if not self.tags or (self.action == "rename" and len(self.tags) != 1):
            raise InvalidOptionError(
                text("tags must contain exactly one tag.")
                if self.action == "rename"
                else text("tags must contain at least one tag.")
            )


@options
class SaveSearchOptions:
    """A search to save or, without a query, to delete."""

    name: str = option(doc="Its name.")
    query: str = option(default="", doc="The query; an empty one deletes the saved search.")


@options
class DuplicatesOptions(SearchOptions):
    """Which pictures to compare, and how."""

    kind: str = option(
        default="near",
        choices=DUPLICATES,
        doc="What counts as alike: the same file, the same picture, or a similar picture.",
    )
    similarity: float | None = option(
        default=None, low=0, high=1, none="the library's own", doc="Cosine similarity that similar pictures must reach."
    )


@options
class PlanOptions(PicturesOptions):
    """How to sort pictures into folders."""

    by: tuple[str, ...] = option(
        default=("category",), item="grouping", doc="What makes the folders, the outermost first."
    )
    rules: tuple[str, ...] = option(default=(), item="rule", doc="Rules for the grouping `rule`, each `NAME=QUERY`.")
    pattern: str = option(default="{name}", doc="How files are named.")
    taken: tuple[str, ...] = option(
        default=(), item="path", doc="Paths, relative and with `/`, where a file already exists."
    )
    hashes: tuple[str, ...] = option(
        default=(),
        item="hash",
        doc="SHA-256 in hex of the files at `taken`, in that order; empty texts where it is not known, an empty "
        "list if none is known.",
    )
    beside: tuple[str, ...] = option(
        default=(),
        item="path",
        doc="Paths of all files in the folders of the pictures, as far as they are known; those that belong to "
        "pictures move with them.",
    )

    def __post_init__(self) -> None:
        if self.hashes and len(self.hashes) != len(self.taken):
            raise InvalidOptionError(
                text(
                    "There must be one hash for each of {paths} paths, got {hashes}.",
                    paths=len(self.taken),
                    hashes=len(self.hashes),
                )
            )


@options
class ExportLibraryOptions(PicturesOptions):
    """Which pictures to write for another program."""

    format: str = option(default="csv", doc="The format.")
    name: str = option(default="onsight", doc="Name of the file, without a suffix.")
    keywords: str = option(default="main", choices=LEVELS, doc=KEYWORDS)
    alt_text: bool = option(default=False, doc=ALT_TEXT)


@options
class MemberOptions:
    """A file in an archive."""

    path: str = option(doc="Its path, as the archive lists it.")


@options
class IndexOptions:
    """How to read a picture for a library."""

    detect: bool = option(default=False, doc="Look for objects as well.")
