"""What the page can ask of Organise. The library itself is imported when it is opened, as it needs SQLite."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO

from onsight.core.flow import Flow
from onsight.core.options import NoOptions
from onsight.core.results import OutputFile
from onsight.method import Method, at_once
from onsight.networks.models import Models
from onsight.tools.organise import options, results
from onsight.tools.organise.task import Indexer

if TYPE_CHECKING:
    from onsight.library.archives import Archive
    from onsight.tools.organise.service import LibraryService

TASKS = ()


def _about_the_library(
    ask: Callable[[LibraryService, Any], Any], kind: type[Any], result: type[Any], *, doc: str
) -> Method:
    """Return a method of the library that is open."""

    def run(models: Models, _image: bytes, chosen: Any) -> Flow[Any]:
        from onsight.library.database import told_of_the_file

        library = _library(models)
        with told_of_the_file():
            return at_once(ask(library, chosen))

    return Method(run, kind, result, doc=doc, takes_image=False)


def _about_a_file(
    ask: Callable[[LibraryService, bytes, Any], Any], kind: type[Any], result: type[Any], *, doc: str
) -> Method:
    """Return a method of the library that is open, which needs the bytes of a picture's file."""

    def run(models: Models, image: bytes, chosen: Any) -> Flow[Any]:
        from onsight.library.database import told_of_the_file

        library = _library(models)
        with told_of_the_file():
            return at_once(ask(library, image, chosen))

    return Method(run, kind, result, doc=doc)


def _library(models: Models) -> LibraryService:
    from onsight.tools.organise.service import LibraryService

    return models.make(LibraryService)


def _index(models: Models, image: bytes, chosen: options.IndexOptions) -> Flow[results.IndexedPicture]:
    from onsight.tools.organise.serialization import pack

    return results.IndexedPicture(pack((yield from Indexer.from_models(models, detect=chosen.detect).index(image))))


def _open_archive(_models: Models, file: BinaryIO, _chosen: object) -> Flow[Archive]:
    from onsight.library.archives import Archive

    return at_once(Archive(file))


def _members(_models: Models, archive: Archive, _chosen: NoOptions) -> results.ArchiveMembers:
    from onsight.tools.organise.archives import list_members

    return list_members(archive)


def _member(_models: Models, archive: Archive, chosen: options.MemberOptions) -> OutputFile:
    return OutputFile(archive.read(chosen.path), PurePosixPath(chosen.path).name, "")


METHODS = {
    "index": Method(
        _index,
        options.IndexOptions,
        results.IndexedPicture,
        doc="Read everything that a library stores about a picture.",
        only="look",
    ),
    "archive_members": Method(
        _open_archive,
        NoOptions,
        results.ArchiveMembers,
        decide=_members,
        cache_size=1,
        reads_parts=True,
        doc="List the files in a ZIP archive.",
    ),
    "archive_member": Method(
        _open_archive,
        options.MemberOptions,
        OutputFile,
        decide=_member,
        cache_size=1,
        reads_parts=True,
        doc="Read a file from a ZIP archive.",
    ),
    "library_open": _about_the_library(
        lambda library, chosen: library.open(chosen),
        options.OpenLibraryOptions,
        results.LibraryStatus,
        doc="Open a library; a new one is created if the file does not exist.",
    ),
    "library_close": _about_the_library(
        lambda library, chosen: library.close(chosen),
        NoOptions,
        results.LibraryStatus,
        doc="Close the library.",
    ),
    "library_status": _about_the_library(
        lambda library, chosen: library.status(chosen),
        NoOptions,
        results.LibraryStatus,
        doc="Return the state of the library.",
    ),
    "library_choices": _about_the_library(
        lambda library, chosen: library.choices(chosen),
        NoOptions,
        results.LibraryChoices,
        doc="List the orders, groupings and formats that the library offers.",
    ),
    "library_begin": _about_the_library(
        lambda library, chosen: library.begin(chosen),
        options.BeginImportOptions,
        results.LibraryStatus,
        doc="Begin an import.",
    ),
    "library_beside": _about_the_library(
        lambda library, chosen: library.beside(chosen),
        options.BesideOptions,
        results.FilesBeside,
        doc="Find the files that describe each picture.",
    ),
    "library_check": _about_the_library(
        lambda library, chosen: library.check(chosen),
        options.CheckFilesOptions,
        results.FileOutcomes,
        doc="Say for each file whether it must be read.",
    ),
    "library_record": _about_the_library(
        lambda library, chosen: library.record(chosen),
        options.RecordOptions,
        results.FileOutcome,
        doc="Add a picture, or update it.",
    ),
    "library_refuse": _about_the_library(
        lambda library, chosen: library.refuse(chosen),
        options.RefuseOptions,
        results.FileOutcome,
        doc="Record that a file could not be opened.",
    ),
    "library_relocate": _about_the_library(
        lambda library, chosen: library.relocate(chosen),
        options.RelocateOptions,
        results.FileOutcome,
        doc="Record that a picture's file has moved.",
    ),
    "library_root": _about_the_library(
        lambda library, chosen: library.root(chosen),
        options.RootOptions,
        results.LibraryRoot,
        doc="Record a folder that the page has a handle of.",
    ),
    "library_failures": _about_the_library(
        lambda library, chosen: library.failures(chosen),
        NoOptions,
        results.FailedFiles,
        doc="List the files that could not be opened.",
    ),
    "library_search": _about_the_library(
        lambda library, chosen: library.search(chosen),
        options.SearchOptions,
        results.FoundPictures,
        doc="Find pictures.",
    ),
    "library_facets": _about_the_library(
        lambda library, chosen: library.facets(chosen),
        options.SearchOptions,
        results.Facets,
        doc="Count what the pictures that a query finds have in common.",
    ),
    "library_suggest": _about_the_library(
        lambda library, chosen: library.suggest(chosen),
        options.SuggestOptions,
        results.Suggestions,
        doc="Complete what is being typed, with the number of pictures that each completion finds.",
    ),
    "library_advise": _about_the_library(
        lambda library, chosen: library.advise(chosen),
        options.SearchOptions,
        results.SearchAdvice,
        doc="Say which words of a query find nothing, and find the nearest pictures.",
    ),
    "library_explain": _about_the_library(
        lambda library, chosen: library.explain(chosen),
        options.ExplainOptions,
        results.Explanation,
        doc="Say why a query found a picture.",
    ),
    "library_items": _about_the_library(
        lambda library, chosen: library.items(chosen),
        options.PicturesOptions,
        results.GridItems,
        doc="Return what the grid shows of pictures.",
    ),
    "library_picture": _about_the_library(
        lambda library, chosen: library.picture(chosen),
        options.PictureOptions,
        results.LibraryPicture,
        doc="Return everything that the library knows about a picture.",
    ),
    "library_save_search": _about_the_library(
        lambda library, chosen: library.save_search(chosen),
        options.SaveSearchOptions,
        results.LibraryStatus,
        doc="Save a search, or delete a saved one.",
    ),
    "library_duplicates": _about_the_library(
        lambda library, chosen: library.duplicates(chosen),
        options.DuplicatesOptions,
        results.PictureGroups,
        doc="Group duplicates or similar pictures.",
    ),
    "library_tags": _about_the_library(
        lambda library, chosen: library.tags(chosen),
        options.PicturesOptions,
        results.TagCounts,
        doc="Count the tags of pictures.",
    ),
    "library_edit": _about_the_library(
        lambda library, chosen: library.edit(chosen),
        options.EditLibraryOptions,
        results.LibraryEdit,
        doc="Change the tags of pictures.",
    ),
    "library_undo": _about_the_library(
        lambda library, chosen: library.undo(chosen),
        NoOptions,
        results.LibraryEdit,
        doc="Undo the last change.",
    ),
    "library_redo": _about_the_library(
        lambda library, chosen: library.redo(chosen),
        NoOptions,
        results.LibraryEdit,
        doc="Redo the last change that was undone.",
    ),
    "library_remove": _about_the_library(
        lambda library, chosen: library.remove(chosen),
        options.PicturesOptions,
        results.LibraryStatus,
        doc="Remove pictures from the library; their files stay.",
    ),
    "library_plan": _about_the_library(
        lambda library, chosen: library.plan(chosen),
        options.PlanOptions,
        results.SortingPlan,
        doc="Plan where sorting would put each picture.",
    ),
    "library_export": _about_the_library(
        lambda library, chosen: library.export(chosen),
        options.ExportLibraryOptions,
        OutputFile,
        doc="Write what the library knows about pictures for another program.",
    ),
    "library_dataset": _about_the_library(
        lambda library, chosen: library.dataset(chosen),
        options.ExportLibraryOptions,
        results.DataSet,
        doc="Write the label files of a data set for training, and say where the pictures belong beside them.",
    ),
    "library_compare": _about_a_file(
        lambda library, file, chosen: library.compare(file, chosen),
        options.CompareFileOptions,
        results.FileOutcome,
        doc="Compare a file's bytes with the pictures that the library knows.",
    ),
    "library_own": _about_a_file(
        lambda library, file, chosen: library.own(file, chosen),
        options.PictureOptions,
        results.OwnFile,
        doc="Return whether a file is the one that a picture was read from.",
    ),
    "library_keywords": _about_a_file(
        lambda library, file, chosen: library.keywords(file, chosen),
        options.KeywordOptions,
        OutputFile,
        doc="Write a copy of a picture's file that contains its tags.",
    ),
    "library_sidecars": _about_a_file(
        lambda library, file, chosen: library.sidecars(file, chosen),
        options.MergeSidecarsOptions,
        results.MergedSidecars,
        doc="Merge a picture's tags into its sidecars.",
    ),
}
