"""Serve a library to the page, with one method for each ``library_…`` of `onsight.tools.organise.methods`.

The library's worker owns the database file. The networks run in other workers, which send their results serialized.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath

from onsight.core.checks import check_choice
from onsight.core.results import OutputFile
from onsight.core.texts import text
from onsight.errors import InvalidOptionError, LibraryError, error_of
from onsight.files.companions import Companions
from onsight.files.names import path_key
from onsight.image.sniff import sniff_format
from onsight.library import description, duplicates, edits, exports, ordering, roots, search, stated, store
from onsight.library.beside import SmallFile, beside, pair
from onsight.library.database import Library
from onsight.library.exports.boxes import image_files
from onsight.library.exports.packing import pack_export
from onsight.library.import_session import ImportSession, Outcome
from onsight.library.query.fields import field_help
from onsight.library.records import Source
from onsight.library.sorting import Pattern, Rule, make_plan
from onsight.library.sorting.patterns import pattern_help
from onsight.library.sorting.plan import grouping_names
from onsight.library.stated import ALONE, Beside
from onsight.metadata.embed import embed
from onsight.metadata.sidecar import merge_sidecars
from onsight.metadata.xmp import Keywords
from onsight.networks.models import Models
from onsight.tools.detect.exports import IMAGE_FOLDERS
from onsight.tools.detect.results import DataSetText
from onsight.tools.organise import details, results, serialization
from onsight.tools.organise.added_files import Added
from onsight.tools.organise.added_files import source_of as _source
from onsight.tools.organise.options import (
    BeginImportOptions,
    BesideOptions,
    CheckFilesOptions,
    CompareFileOptions,
    DuplicatesOptions,
    EditLibraryOptions,
    ExplainOptions,
    ExportLibraryOptions,
    KeywordOptions,
    MergeSidecarsOptions,
    OpenLibraryOptions,
    PictureOptions,
    PicturesOptions,
    PlanOptions,
    RecordOptions,
    RefuseOptions,
    RelocateOptions,
    RootOptions,
    SaveSearchOptions,
    SearchOptions,
    SourceOptions,
    SuggestOptions,
)
from onsight.tools.organise.results import FileOutcome, LibraryEdit, LibraryStatus
from onsight.tools.organise.task import Indexer
from onsight.tools.tag.keywords import keywords_of
from onsight.tools.tag.results import Tag


class LibraryService:
    """Serves one open library at a time.

    Attributes:
        library: The open library.
    """

    def __init__(self, models: Callable[[bool], Mapping[str, str]]) -> None:
        """Start without an open library.

        Args:
            models: Returns the versions of the models that analyse pictures, by id. Its argument is whether they
                detect objects.
        """
        self._models = models
        self._library: Library | None = None
        self._session: ImportSession | None = None
        self._sizes: set[int] = set()
        self._beside = ALONE
        self._added = Added()

    @classmethod
    def from_models(cls, models: Models) -> LibraryService:
        """Create a service from the descriptions of its networks; raise the same errors as `Models.make`."""
        return cls(lambda detect: Indexer.from_models(models, detect=detect).models)

    @property
    def library(self) -> Library:
        """The open library.

        Raises:
            LibraryError: No library is open.
        """
        if self._library is None:
            raise LibraryError(text("No library is open. Reload the page."))
        return self._library

    def open(self, options: OpenLibraryOptions) -> LibraryStatus:
        """Close the open library, if any, and open another; create it if it does not exist."""
        self._end()
        try:
            self._library = Library.open(options.path)
        except LibraryError as error:
            # The user knows the library by its name, not by its path in the browser's storage.
            message = error.message.replace(options.path, f"“{PurePosixPath(options.path).stem}”")
            raise LibraryError(message, detail=error.detail) from error
        return self._status()

    def close(self, _options: object) -> LibraryStatus:
        """Close the library, so that its file can be copied or deleted; return its last status."""
        status = self._status()
        self._end()
        return status

    def status(self, _options: object) -> LibraryStatus:
        """Return the library's status."""
        return self._status()

    def choices(self, _options: object) -> results.LibraryChoices:
        """Return the orders, groupings, export formats, search fields and fields of name patterns to choose from."""
        choice = results.NamedChoice
        return results.LibraryChoices(
            orders=tuple(choice(*item) for item in ordering.order_names().items()),
            groupings=tuple(choice(*item) for item in grouping_names().items()),
            formats=tuple(choice(*item) for item in exports.FORMAT_NAMES.items()),
            fields=tuple(choice(*item) for item in field_help().items()),
            pattern=tuple(choice(f"{{{name}}}", help) for name, help in pattern_help().items()),
        )

    # Importing

    def begin(self, options: BeginImportOptions) -> LibraryStatus:
        """Start an import."""
        self._sizes = set()
        self._added = self._added.again(self.library, options)
        self._session = ImportSession(
            self.library,
            self._models(options.detect),
            retry=options.retry,
            exists=self._added.exists,
            beside=lambda source: self._beside,
        )
        return self._status()

    def beside(self, options: BesideOptions) -> results.FilesBeside:
        """Return the metadata files of each picture."""
        return results.FilesBeside(tuple(pair(options.pictures, options.files)))

    def root(self, options: RootOptions) -> results.LibraryRoot:
        """Return the root for a folder handle of the page; add a root if the folder is new."""
        known = roots.known_root(self.library, options.key, options.path)
        if known:
            roots.add_key(self.library, known.path, options.key)
        return _root(known or roots.add_root(self.library, options.name, key=options.key))

    def own(self, data: bytes, options: PictureOptions) -> results.OwnFile:
        """Return whether a file has the same content as a picture."""
        row = self.library.connection.execute("SELECT hash FROM image WHERE id = ?", (options.id,)).fetchone()
        return results.OwnFile(row is not None and hashlib.sha256(data).hexdigest() == row["hash"])

    def check(self, options: CheckFilesOptions) -> results.FileOutcomes:
        """Return which files are known, as far as this can be decided without their bytes."""
        return results.FileOutcomes(tuple(self._known(file, None) for file in options.files))

    def compare(self, data: bytes, options: CompareFileOptions) -> FileOutcome:
        """Return whether a file is known, by its bytes."""
        return self._known(options, data)

    def record(self, options: RecordOptions) -> FileOutcome:
        """Write the analysis results of a file, in one transaction."""
        self._beside = _beside(options)
        places = self._added.places(self.library, options)
        return _told(self._run().accept(_source(options), serialization.unpack(options.look), places))

    def refuse(self, options: RefuseOptions) -> FileOutcome:
        """Record that a file could not be opened, and why."""
        places = self._added.places(self.library, options)
        return _told(self._run().refuse(_source(options), error_of(options.code, options.message), places))

    def failures(self, _options: object) -> results.FailedFiles:
        """Return the files that could not be opened."""
        return results.FailedFiles(
            tuple(
                results.FailedFile(row["folder"], row["name"], row["code"], row["message"])
                for row in store.failures(self.library)
            )
        )

    # Searching

    def search(self, options: SearchOptions) -> results.FoundPictures:
        """Return the pictures that match a query, and the name of their ranking if they are ranked."""
        found, is_ranked = search.find_ranked(self.library, options.query, options.order)
        return results.FoundPictures(tuple(found), ordering.ranking_name() if is_ranked else None)

    def facets(self, options: SearchOptions) -> results.Facets:
        """Return the facets of the pictures that match a query, with counts."""
        found, names = search.facets(self.library, options.query), search.facet_names()
        return results.Facets(tuple(results.Facet(kind, names[kind], tuple(found[kind])) for kind in found))

    def suggest(self, options: SuggestOptions) -> results.Suggestions:
        """Return completions of what is being typed."""
        found = search.suggest(self.library, options.query, options.limit)
        return results.Suggestions(tuple(results.Suggested(one.query, one.words, one.count) for one in found))

    def advise(self, options: SearchOptions) -> results.SearchAdvice:
        """Return what to say about a query that finds nothing."""
        advice = search.advise(self.library, options.query)
        if advice is None:
            return results.SearchAdvice((), (), (), "")
        spellings = (
            results.Suggested(one.query, one.words, len(search.find(self.library, one.query)))
            for one in advice.spellings
        )
        return results.SearchAdvice(
            advice.sentences, tuple(one for one in spellings if one.count), advice.nearest, advice.nearest_are
        )

    def explain(self, options: ExplainOptions) -> results.Explanation:
        """Return why a query found a picture."""
        return results.Explanation(tuple(search.explain(self.library, options.query, options.id)))

    def items(self, options: PicturesOptions) -> results.GridItems:
        """Return the data that a grid shows for pictures."""
        thumbnails = dict(
            tuple(row)
            for row in self.library.connection.execute(
                "SELECT image, data FROM thumbnail WHERE image IN (SELECT value FROM json_each(?))",
                (json.dumps(options.ids),),
            )
        )
        return results.GridItems(
            tuple(
                results.GridItem(
                    hit.image,
                    hit.folder,
                    hit.name,
                    hit.width,
                    hit.height,
                    hit.label,
                    hit.score,
                    hit.category,
                    bool(hit.missing),
                    thumbnails.get(hit.image, b""),
                )
                for hit in search.describe(self.library, options.ids)
            )
        )

    def picture(self, options: PictureOptions) -> results.LibraryPicture:
        """Return all data about a picture."""
        return details.describe_picture(self.library, options.id)

    def save_search(self, options: SaveSearchOptions) -> LibraryStatus:
        """Save a search, or delete it if its query is empty."""
        if options.query:
            search.save_search(self.library, options.name, options.query)
        else:
            search.forget_search(self.library, options.name)
        return self._status()

    def duplicates(self, options: DuplicatesOptions) -> results.PictureGroups:
        """Return the groups of copies or similar pictures among the matches of a query; an empty one matches all."""
        images = search.find(self.library, options.query) if options.query.strip() else None
        if options.kind == "exact":
            groups = duplicates.exact(self.library, images)
        elif options.kind == "near":
            groups = duplicates.near(self.library, images)
        else:
            similarity = duplicates.MIN_SIMILARITY if options.similarity is None else options.similarity
            groups = duplicates.similar(self.library, images, min_similarity=similarity)
        sizes = dict(tuple(row) for row in self.library.connection.execute("SELECT id, size FROM image"))

        def told(group: duplicates.Group) -> results.PictureGroup:
            of_group = tuple(sizes[id] for id in group.images)
            return results.PictureGroup(group.images, of_group, sum(of_group[1:]), group.reason, group.turns)

        return results.PictureGroups(tuple(map(told, groups)))

    # Editing tags, removing pictures

    def tags(self, options: PicturesOptions) -> results.TagCounts:
        """Return the tags of pictures, with counts."""
        return results.TagCounts(tuple(details.count_tags(self.library, options.ids)))

    def edit(self, options: EditLibraryOptions) -> LibraryEdit:
        """Add, remove, rename, accept or reject tags of pictures."""
        library, ids, tags = self.library, options.ids, options.tags
        changes: Mapping[str, Callable[[], edits.Edit]] = {
            "add": lambda: edits.add_tags(library, ids, tags),
            "remove": lambda: edits.remove_tags(library, ids, tags),
            "rename": lambda: edits.rename_tag(library, ids, tags[0], options.name),
            "accept": lambda: edits.accept(library, ids, tags[0]),
            "reject": lambda: edits.reject(library, ids, tags[0]),
        }
        return _edit(changes[options.action]())

    def undo(self, _options: object) -> LibraryEdit:
        """Undo the latest change."""
        return _edit(edits.undo(self.library))

    def redo(self, _options: object) -> LibraryEdit:
        """Redo the change that was undone last."""
        return _edit(edits.redo(self.library))

    def remove(self, options: PicturesOptions) -> LibraryStatus:
        """Remove pictures from the library. Their files stay where they are."""
        store.remove(self.library, list(options.ids))
        return self._status()

    # Sorting and exporting

    def plan(self, options: PlanOptions) -> results.SortingPlan:
        """Return the folders and names that sorting would give to pictures."""
        taken: dict[str, dict[str, str]] = defaultdict(dict)
        for path, hash in zip(options.taken, options.hashes or ("",) * len(options.taken), strict=True):
            folder, _, name = path.rpartition("/")
            taken[path_key(folder)][name] = hash
        beside: dict[str, list[str]] = defaultdict(list)
        for path in options.beside:
            folder, _, name = path.rpartition("/")
            beside[folder].append(name)

        plan = make_plan(
            self.library,
            options.ids,
            options.by,
            rules=[_rule(rule, index) for index, rule in enumerate(options.rules)],
            pattern=Pattern(options.pattern),
            existing=lambda folder, _sizes: taken.get(path_key(folder), {}),
            beside=lambda folder: beside.get(folder, ()),
        )
        moves = tuple(
            results.PlannedMove(
                move.image,
                move.source.folder,
                move.source.name,
                move.source.size,
                _ms(move.source),
                move.target,
                move.is_there,
                tuple(
                    results.PlannedCompanion(companion.name, companion.target, companion.sharers)
                    for companion in move.companions
                ),
            )
            for move in plan.moves
        )
        folders = tuple(results.FolderCount("" if name == "." else name, n) for name, n in plan.folders.items())
        left = tuple(results.LeftBehind(left.folder, left.name, left.reason) for left in plan.left)
        return results.SortingPlan(moves, folders, left)

    def relocate(self, options: RelocateOptions) -> FileOutcome:
        """Record that a picture's file has moved.

        If the library has a picture with the same content at the new path, the two pictures are merged.
        """
        moved = _source(options)
        picture = details.describe_picture(self.library, options.id)
        there = store.find(self.library, moved.folder, moved.name)
        here = store.find(self.library, picture.folder, picture.name)
        if here and there and there.hash == here.hash:
            store.merge(self.library, options.id, there.image)
            return FileOutcome("moved", there.image, moved.folder, None, None)
        store.touch(self.library, options.id, moved)
        return FileOutcome("moved", options.id, moved.folder, None, None)

    def export(self, options: ExportLibraryOptions) -> OutputFile:
        """Export the data of pictures; return several files as a ZIP."""
        files = exports.export(
            self.library, options.ids, options.format, keywords=options.keywords, alt_text=options.alt_text
        )
        return pack_export(options.name, files)

    def dataset(self, options: ExportLibraryOptions) -> results.DataSet:
        """Return a data set: its text files, and the paths of its pictures.

        Raises:
            InvalidOptionError: The format is not one of `IMAGE_FOLDERS`.
        """
        check_choice("format", options.format, IMAGE_FOLDERS)
        texts = [
            DataSetText(file.name, b"".join(file.chunks).decode())
            for file in exports.export(self.library, options.ids, options.format)
        ]
        images = [results.DataSetImage(id, path) for path, id in image_files(self.library, options.ids, options.format)]
        return results.DataSet(tuple(texts), tuple(images))

    def keywords(self, data: bytes, options: KeywordOptions) -> OutputFile:
        """Return a copy of a picture's file with the picture's tags embedded as keywords."""
        picture = details.describe_picture(self.library, options.id)
        return OutputFile(
            embed(data, self._keywords(picture.tags, options)),
            picture.name,
            f"image/{(sniff_format(data) or 'x').lower()}",
        )

    def sidecars(self, data: bytes, options: MergeSidecarsOptions) -> results.MergedSidecars:
        """Return a picture's sidecars with its tags added: the existing sidecars, or a new one.

        Args:
            data: Bytes of the picture's file, whose metadata a new sidecar copies; empty if the file is not needed or
                cannot be read.
            options: The picture and its existing sidecars.
        """
        picture = details.describe_picture(self.library, options.id)
        keywords = self._keywords(picture.tags, options)
        files = {picture.name: data, **{one.name: one.data for one in options.sidecars}}
        said = stated.of_picture(self.library, options.id)
        merged = merge_sidecars(picture.name, {*files, *options.same_stem}, files.__getitem__, keywords, said)
        stated.note_written(self.library, options.id, keywords.subjects)
        found = (results.SidecarContent(one.name, one.after, one.after != one.before) for one in merged)
        return results.MergedSidecars(tuple(found))

    def _keywords(self, tags: Sequence[Tag], options: KeywordOptions | MergeSidecarsOptions) -> Keywords:
        sentence = description.describe(self.library, options.id) if options.alt_text else ""
        return keywords_of(tags, options.keywords, sentence)

    def _end(self) -> None:
        if self._library is not None:
            self._library.close()
        self._library = self._session = None
        self._added = Added()

    def _status(self) -> LibraryStatus:
        library = self.library
        (pictures,), (failed,) = (
            library.connection.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("image", "failure")
        )
        (pages,), (page_bytes,) = (
            library.connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size")
        )
        undo, redo = (
            row[0] if (row := library.connection.execute(query).fetchone()) else None
            for query in (
                "SELECT action FROM edit WHERE NOT undone ORDER BY id DESC LIMIT 1",
                "SELECT action FROM edit WHERE undone ORDER BY id LIMIT 1",
            )
        )
        return LibraryStatus(
            pictures=pictures,
            failed=failed,
            missing=store.count_missing(library),
            bytes=pages * page_bytes,
            undo=undo,
            redo=redo,
            searches=tuple(search.saved_searches(library)),
            roots=tuple(map(_root, roots.roots(library))),
        )

    def _run(self) -> ImportSession:
        if self._session is None:
            raise LibraryError(text("No import has started."))
        return self._session

    def _known(self, file: SourceOptions, data: bytes | None) -> FileOutcome:
        self._beside = _beside(file)

        def read() -> bytes:
            if data is None:
                raise _BytesWantedError
            return data

        try:
            outcome = self._run().known(_source(file), read, self._added.places(self.library, file))
        except _BytesWantedError:
            return FileOutcome("compare", None, None, None, None)
        if outcome:
            return _told(outcome)
        # This may be a copy of a new file with the same size, which must be analysed first.
        kind = "compare" if data is None and file.size in self._sizes else "new"
        self._sizes.add(file.size)
        return FileOutcome(kind, None, None, None, None)


class _BytesWantedError(Exception):
    """Raised when a file's bytes are needed to decide whether the file is known."""


def _beside(file: SourceOptions) -> Beside:
    """Return the metadata files next to a file. Only `CompareFileOptions` has their contents; others have the mark."""
    sidecars = file.sidecars if isinstance(file, CompareFileOptions) else ()
    files = {one.name: SmallFile(one.name, "", lambda data=one.data: data) for one in sidecars}  # type: ignore[misc]
    return Beside(file.beside, beside(file.name, Companions([file.name, *files]), files.get).read)


def _root(root: roots.Root) -> results.LibraryRoot:
    return results.LibraryRoot(root.path, root.kind == "folder", root.keys)


def _ms(source: Source) -> int:
    return source.mtime_ns // 1_000_000


def _told(outcome: Outcome) -> FileOutcome:
    return FileOutcome(outcome.kind, outcome.image, outcome.source.folder, outcome.code, outcome.message)


def _edit(edit: edits.Edit | None) -> LibraryEdit:
    return LibraryEdit(edit.action, edit.images) if edit else LibraryEdit(None, 0)


def _rule(rule: str, index: int) -> Rule:
    """Parse a rule ``name=query``.

    Raises:
        InvalidOptionError: The rule is invalid; the error's detail has its index.
    """
    name, equals, query = rule.partition("=")
    detail = {"rule": index}
    if not equals or not query.strip() or not name.strip():
        raise InvalidOptionError(text("A rule needs a name for its folder and a search."), detail=detail)
    try:
        return Rule(name.strip(), query)
    except InvalidOptionError as error:
        raise InvalidOptionError(error.message, detail=detail) from error
