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


def _about_the_library(ask: Callable[[LibraryService, Any], Any], kind: type[Any], result: type[Any]) -> Method:
    """Return a method of the library that is open."""

    def run(models: Models, _image: bytes, chosen: Any) -> Flow[Any]:
        from onsight.library.database import told_of_the_file

        library = _library(models)
        with told_of_the_file():
            return at_once(ask(library, chosen))

    return Method(run, kind, result, takes_image=False)


def _about_a_file(ask: Callable[[LibraryService, bytes, Any], Any], kind: type[Any], result: type[Any]) -> Method:
    """Return a method of the library that is open, which needs the bytes of a picture's file."""

    def run(models: Models, image: bytes, chosen: Any) -> Flow[Any]:
        from onsight.library.database import told_of_the_file

        library = _library(models)
        with told_of_the_file():
            return at_once(ask(library, image, chosen))

    return Method(run, kind, result)


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
    "index": Method(_index, options.IndexOptions, results.IndexedPicture),
    "archive_members": Method(
        _open_archive, NoOptions, results.ArchiveMembers, decide=_members, cache_size=1, reads_parts=True
    ),
    "archive_member": Method(
        _open_archive, options.MemberOptions, OutputFile, decide=_member, cache_size=1, reads_parts=True
    ),
    "library_open": _about_the_library(
        lambda library, chosen: library.open(chosen), options.OpenLibraryOptions, results.LibraryStatus
    ),
    "library_close": _about_the_library(
        lambda library, chosen: library.close(chosen), NoOptions, results.LibraryStatus
    ),
    "library_status": _about_the_library(
        lambda library, chosen: library.status(chosen), NoOptions, results.LibraryStatus
    ),
    "library_choices": _about_the_library(
        lambda library, chosen: library.choices(chosen), NoOptions, results.LibraryChoices
    ),
    "library_begin": _about_the_library(
        lambda library, chosen: library.begin(chosen), options.BeginImportOptions, results.LibraryStatus
    ),
    "library_beside": _about_the_library(
        lambda library, chosen: library.beside(chosen), options.BesideOptions, results.FilesBeside
    ),
    "library_check": _about_the_library(
        lambda library, chosen: library.check(chosen), options.CheckFilesOptions, results.FileOutcomes
    ),
    "library_record": _about_the_library(
        lambda library, chosen: library.record(chosen), options.RecordOptions, results.FileOutcome
    ),
    "library_refuse": _about_the_library(
        lambda library, chosen: library.refuse(chosen), options.RefuseOptions, results.FileOutcome
    ),
    "library_relocate": _about_the_library(
        lambda library, chosen: library.relocate(chosen), options.RelocateOptions, results.FileOutcome
    ),
    "library_root": _about_the_library(
        lambda library, chosen: library.root(chosen), options.RootOptions, results.LibraryRoot
    ),
    "library_failures": _about_the_library(
        lambda library, chosen: library.failures(chosen), NoOptions, results.FailedFiles
    ),
    "library_search": _about_the_library(
        lambda library, chosen: library.search(chosen), options.SearchOptions, results.FoundPictures
    ),
    "library_facets": _about_the_library(
        lambda library, chosen: library.facets(chosen), options.SearchOptions, results.Facets
    ),
    "library_items": _about_the_library(
        lambda library, chosen: library.items(chosen), options.PicturesOptions, results.GridItems
    ),
    "library_picture": _about_the_library(
        lambda library, chosen: library.picture(chosen), options.PictureOptions, results.LibraryPicture
    ),
    "library_save_search": _about_the_library(
        lambda library, chosen: library.save_search(chosen), options.SaveSearchOptions, results.LibraryStatus
    ),
    "library_duplicates": _about_the_library(
        lambda library, chosen: library.duplicates(chosen), options.DuplicatesOptions, results.PictureGroups
    ),
    "library_tags": _about_the_library(
        lambda library, chosen: library.tags(chosen), options.PicturesOptions, results.TagCounts
    ),
    "library_edit": _about_the_library(
        lambda library, chosen: library.edit(chosen), options.EditLibraryOptions, results.LibraryEdit
    ),
    "library_undo": _about_the_library(lambda library, chosen: library.undo(chosen), NoOptions, results.LibraryEdit),
    "library_redo": _about_the_library(lambda library, chosen: library.redo(chosen), NoOptions, results.LibraryEdit),
    "library_remove": _about_the_library(
        lambda library, chosen: library.remove(chosen), options.PicturesOptions, results.LibraryStatus
    ),
    "library_plan": _about_the_library(
        lambda library, chosen: library.plan(chosen), options.PlanOptions, results.SortingPlan
    ),
    "library_export": _about_the_library(
        lambda library, chosen: library.export(chosen), options.ExportLibraryOptions, OutputFile
    ),
    "library_dataset": _about_the_library(
        lambda library, chosen: library.dataset(chosen), options.ExportLibraryOptions, results.DataSet
    ),
    "library_compare": _about_a_file(
        lambda library, file, chosen: library.compare(file, chosen), options.CompareFileOptions, results.FileOutcome
    ),
    "library_own": _about_a_file(
        lambda library, file, chosen: library.own(file, chosen), options.PictureOptions, results.OwnFile
    ),
    "library_keywords": _about_a_file(
        lambda library, file, chosen: library.keywords(file, chosen), options.PictureOptions, OutputFile
    ),
    "library_sidecars": _about_a_file(
        lambda library, file, chosen: library.sidecars(file, chosen),
        options.MergeSidecarsOptions,
        results.MergedSidecars,
    ),
}
