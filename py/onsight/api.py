"""What the page can ask for: a table of methods, each a task with its options and its result.

A method looks at a picture, which takes time, and then concludes, which does not. What was seen may be kept, so that
another threshold for the same picture is answered without a network.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from onsight.core.flow import Flow
from onsight.core.options import NoOptions
from onsight.core.results import OutputFile
from onsight.tools.classify.options import ClassifyOptions
from onsight.tools.classify.results import Classification
from onsight.tools.classify.task import CLASSIFIER, Classifier
from onsight.tools.compare.options import CompareOptions
from onsight.tools.compare.results import Comparison
from onsight.tools.compare.task import Comparer
from onsight.tools.detect import edit
from onsight.tools.detect.options import (
    AnnotateOptions,
    CropOptions,
    DataSetOptions,
    DetectOptions,
    ExportOptions,
    RedactOptions,
)
from onsight.tools.detect.results import Detection, DetectionClasses, LabelledDataSet
from onsight.tools.detect.task import DETECTORS, Detector
from onsight.tools.enhance import task as enhance
from onsight.tools.enhance.controls import CONTROLS
from onsight.tools.enhance.options import EnhanceOptions, EnhancePreviewOptions
from onsight.tools.enhance.results import EnhanceAnalysis, EnhanceControls, EnhancePreview
from onsight.tools.enhance.upscale import UPSCALERS, Upscaler
from onsight.tools.organise import options as requests
from onsight.tools.organise import results as answers
from onsight.tools.shared.options import ArchiveOptions, PreviewOptions
from onsight.tools.shared.results import Preview
from onsight.tools.shared.task import archive, preview
from onsight.tools.tag import curate
from onsight.tools.tag.options import EditTagsOptions, ExportTagsOptions, TagOptions, TagTextOptions
from onsight.tools.tag.results import BegunSidecar, Tagging, TagList, TagNames, TagText
from onsight.tools.tag.tag_names import TagNamer
from onsight.tools.tag.task import Tagger

if TYPE_CHECKING:
    from onsight.library.archives import Archive
    from onsight.tools.organise.service import Shelf
    from onsight.tools.organise.task import Indexer

T = TypeVar("T")


@dataclass(frozen=True)
class Tools:
    """What methods work with: descriptions of networks, bound to names.

    Attributes:
        classifier: Of `onsight.tools.classify.task`.
        detector: Of `onsight.tools.detect.task`.
        tagger: Of `onsight.tools.tag.task`.
        upscaler: Of `onsight.tools.enhance.upscale`.
    """

    classifier: Classifier
    detector: Detector
    tagger: Tagger
    upscaler: Upscaler

    @classmethod
    def from_texts(cls, texts: Mapping[str, tuple[str, str]]) -> Tools:
        """Make the tools from the texts of ``model.json`` and ``labels.txt`` (or nothing) by the id of the model.

        Raises:
            InvalidSpecError: A description or labels are wrong.
        """
        detector = Detector.from_text([texts[model] for model in DETECTORS], texts[CLASSIFIER])
        return cls(
            classifier=Classifier.from_text(*texts[CLASSIFIER]),
            detector=detector,
            tagger=Tagger.from_text(*texts[CLASSIFIER]).with_detector(detector),
            upscaler=Upscaler.from_text([texts[model][0] for model in UPSCALERS]),
        )

    @cached_property
    def comparer(self) -> Comparer:
        """The classifier and the tagger, side by side."""
        return Comparer(self.classifier, self.tagger)

    def indexer(self, *, detect: bool) -> Indexer:
        """Return what looks at pictures for a library.

        Args:
            detect: Whether objects are looked for, too.
        """
        from onsight.tools.organise.task import Indexer

        return Indexer(self.classifier, self.tagger, self.detector if detect else None)

    @cached_property
    def shelf(self) -> Shelf:
        """The library that is open."""
        from onsight.tools.organise.service import Shelf  # SQLite is loaded where a library is wanted, and not before

        return Shelf(lambda detect: self.indexer(detect=detect).models)

    @cached_property
    def tag_namer(self) -> TagNamer:
        """Knows names for a person's own tags."""
        return TagNamer(self.tagger.namer)


def _index(tools: Tools, image: bytes, options: requests.IndexOptions) -> Flow[answers.IndexedLook]:
    from onsight.tools.organise.serialization import pack

    return answers.IndexedLook(pack((yield from tools.indexer(detect=options.detect).index(image))))


def _members(_tools: Tools, archive: Archive, _options: NoOptions) -> answers.ArchiveMembers:
    from onsight.tools.organise.archives import list_members

    return list_members(archive)


def _member(_tools: Tools, archive: Archive, options: requests.MemberOptions) -> OutputFile:
    return OutputFile(archive.read(options.path), PurePosixPath(options.path).name, "")


def _open_archive(_tools: Tools, file: BinaryIO, _options: object) -> Flow[Archive]:
    from onsight.library.archives import Archive

    return Archive(file)
    yield  # a flow that asks for nothing


@cache
def tools_for(texts: tuple[tuple[str, str, str], ...]) -> Tools:
    """Return the tools for ``(id, text of model.json, text of labels.txt or "")`` of each model; made once.

    Raises:
        InvalidSpecError: A description or labels are wrong.
    """
    return Tools.from_texts({model: (spec, labels) for model, spec, labels in texts})


def _answer(known: T) -> Flow[T]:
    return known
    yield  # a flow that asks for nothing


def _as_seen(_tools: Tools, seen: Any, _options: Any) -> Any:
    return seen


def _nothing_to_check(_tools: Tools, _options: Any) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Method:
    """One thing that the page can ask for.

    Attributes:
        look: Makes the task's flow from the tools, the file's bytes and the options.
        options: Dataclass of the options, the request's params besides ``image`` and ``picture``.
        result: Dataclass of the result.
        conclude: Turns what the flow returns into the result, at once; also when asked again with other options.
        check: Raises InvalidOptionError for options that the tools refuse, before the file is read.
        seen_with: What of the options the look depends on; what was seen is kept for others that are alike in it.
        kept: Of how many pictures it is kept; 0 if it is computed each time.
        takes_image: Whether it works on a picture at all.
        reads_parts: Whether it is given the file as something to read parts from, rather than its bytes.
    """

    look: Callable[[Tools, Any, Any], Flow[Any]]
    options: type[Any]
    result: type[Any]
    conclude: Callable[[Tools, Any, Any], Any] = _as_seen
    check: Callable[[Tools, Any], None] = _nothing_to_check
    seen_with: Callable[[Any], Hashable] = lambda _options: None
    kept: int = 0
    takes_image: bool = True
    reads_parts: bool = False


def _of_library(name: str, options: type[Any], result: type[Any], *, takes_image: bool = False) -> Method:
    """Return the method that asks the open library's method of that name."""

    def look(tools: Tools, image: bytes, options: Any) -> Flow[Any]:
        from onsight.library.database import told_of_the_file

        ask = getattr(tools.shelf, name)
        with told_of_the_file():
            return _answer(ask(image, options) if takes_image else ask(options))

    return Method(look, options, result, takes_image=takes_image)


_LIBRARY: Mapping[str, tuple[type[Any], type[Any]]] = {
    "open": (requests.OpenLibraryOptions, answers.LibraryStatus),
    "close": (NoOptions, answers.LibraryStatus),
    "status": (NoOptions, answers.LibraryStatus),
    "choices": (NoOptions, answers.LibraryChoices),
    "begin": (requests.BeginImportOptions, answers.LibraryStatus),
    "beside": (requests.BesideOptions, answers.FilesBeside),
    "check": (requests.CheckFilesOptions, answers.FileOutcomes),
    "record": (requests.RecordOptions, answers.FileOutcome),
    "refuse": (requests.RefuseOptions, answers.FileOutcome),
    "relocate": (requests.RelocateOptions, answers.FileOutcome),
    "root": (requests.RootOptions, answers.LibraryRoot),
    "failures": (NoOptions, answers.FailedFiles),
    "search": (requests.SearchOptions, answers.FoundPictures),
    "facets": (requests.SearchOptions, answers.Facets),
    "items": (requests.PicturesOptions, answers.GridItems),
    "picture": (requests.PictureOptions, answers.LibraryPicture),
    "save_search": (requests.SaveSearchOptions, answers.LibraryStatus),
    "duplicates": (requests.DuplicatesOptions, answers.PictureGroups),
    "tags": (requests.PicturesOptions, answers.TagCounts),
    "edit": (requests.EditLibraryOptions, answers.LibraryEdit),
    "undo": (NoOptions, answers.LibraryEdit),
    "redo": (NoOptions, answers.LibraryEdit),
    "remove": (requests.PicturesOptions, answers.LibraryStatus),
    "plan": (requests.PlanOptions, answers.SortingPlan),
    "export": (requests.ExportLibraryOptions, OutputFile),
    "dataset": (requests.ExportLibraryOptions, answers.DataSet),
}
"""What an open library can be asked without a file: what it is told and what it answers."""

_LIBRARY_FILES: Mapping[str, tuple[type[Any], type[Any]]] = {
    "compare": (requests.CompareFileOptions, answers.FileOutcome),
    "own": (requests.PictureOptions, answers.OwnFile),
    "keywords": (requests.PictureOptions, OutputFile),
    "sidecars": (requests.MergeSidecarsOptions, answers.MergedSidecars),
}
"""What it can be asked with a file."""


METHODS: Mapping[str, Method] = {
    "classify": Method(
        lambda tools, image, options: tools.classifier.classify(image, options),
        ClassifyOptions,
        Classification,
    ),
    "tag": Method(
        lambda tools, image, options: tools.tagger.observe(image, options),
        TagOptions,
        Tagging,
        conclude=lambda tools, seen, options: tools.tagger.conclude(seen, options),
        seen_with=lambda options: options.boxes,
        kept=16,
    ),
    "compare": Method(
        lambda tools, image, options: tools.comparer.look(image, options),
        CompareOptions,
        Comparison,
        conclude=lambda tools, seen, options: tools.comparer.conclude(seen, options),
        check=lambda tools, options: tools.comparer.check(options),
        kept=16,
    ),
    "detect": Method(
        lambda tools, image, options: tools.detector.find(image, options),
        DetectOptions,
        Detection,
        conclude=lambda tools, found, options: tools.detector.select(found, options),
        check=lambda tools, options: tools.detector.check(options),
        seen_with=lambda options: (options.thorough, options.tiled),
        kept=64,
    ),
    "detection_classes": Method(
        lambda tools, _, options: _answer(tools.detector.classes), NoOptions, DetectionClasses, takes_image=False
    ),
    "crop": Method(lambda _, image, options: edit.crop(image, options), CropOptions, OutputFile),
    "redact": Method(lambda _, image, options: edit.redact(image, options), RedactOptions, OutputFile),
    "annotate": Method(
        lambda tools, image, options: edit.annotate(image, options, tools.detector.labels),
        AnnotateOptions,
        OutputFile,
        check=lambda tools, options: edit.check_classes(options.boxes, tools.detector.labels),
    ),
    "export": Method(
        lambda tools, _, options: edit.export(options, tools.detector.labels),
        ExportOptions,
        OutputFile,
        takes_image=False,
    ),
    "data_set": Method(
        lambda tools, _, options: edit.data_set(options, tools.detector.labels),
        DataSetOptions,
        LabelledDataSet,
        takes_image=False,
    ),
    "archive": Method(lambda _tools, _image, options: archive(options), ArchiveOptions, OutputFile, takes_image=False),
    "enhance_controls": Method(
        lambda _tools, _image, _options: _answer(CONTROLS), NoOptions, EnhanceControls, takes_image=False
    ),
    "enhance_analysis": Method(
        lambda _tools, image, _options: enhance.analyse(image), NoOptions, EnhanceAnalysis, kept=64
    ),
    "enhance_preview": Method(
        lambda _, image, options: enhance.look(image, options),
        EnhancePreviewOptions,
        EnhancePreview,
        conclude=lambda _, seen, options: enhance.show(seen, options),
        seen_with=enhance.seen_with,
        kept=3,
    ),
    "enhance": Method(
        lambda tools, image, options: enhance.enhance(image, options, lambda: tools.upscaler),
        EnhanceOptions,
        OutputFile,
    ),
    "tag_names": Method(
        lambda tools, _, options: curate.tag_names(tools.tag_namer), NoOptions, TagNames, takes_image=False
    ),
    "edit_tags": Method(
        lambda tools, _, options: curate.edit_tags(options, tools.tag_namer),
        EditTagsOptions,
        TagList,
        takes_image=False,
    ),
    "tag_text": Method(lambda _tools, _, options: curate.tag_text(options), TagTextOptions, TagText, takes_image=False),
    "begin_sidecar": Method(lambda _tools, image, _options: curate.begin_sidecar(image), NoOptions, BegunSidecar),
    "export_tags": Method(
        lambda _tools, _, options: curate.export_tags(options), ExportTagsOptions, OutputFile, takes_image=False
    ),
    "preview": Method(lambda _, image, options: preview(image, options), PreviewOptions, Preview),
    "index": Method(_index, requests.IndexOptions, answers.IndexedLook),
    "archive_members": Method(
        _open_archive, NoOptions, answers.ArchiveMembers, conclude=_members, kept=1, reads_parts=True
    ),
    "archive_member": Method(
        _open_archive, requests.MemberOptions, OutputFile, conclude=_member, kept=1, reads_parts=True
    ),
    **{f"library_{name}": _of_library(name, *kinds) for name, kinds in _LIBRARY.items()},
    **{f"library_{name}": _of_library(name, *kinds, takes_image=True) for name, kinds in _LIBRARY_FILES.items()},
}


class Memory:
    """What was seen in the latest pictures, for each method."""

    def __init__(self) -> None:
        self._seen: dict[str, OrderedDict[Hashable, Any]] = {}

    def recall(self, name: str, picture: Hashable, options: Any) -> Any | None:
        """Return what was seen in a picture, or None.

        Args:
            name: Of the method.
            picture: The page's name for the picture, or None if it gave none.
            options: Of the method.
        """
        key = (picture, METHODS[name].seen_with(options))
        seen = self._seen.get(name)
        if picture is None or seen is None or key not in seen:
            return None
        seen.move_to_end(key)
        return seen[key]

    def keep(self, name: str, picture: Hashable, options: Any, seen: Any) -> None:
        """Keep what was seen, in place of the oldest of too many; arguments as for `recall`."""
        method = METHODS[name]
        if picture is None or not method.kept:
            return
        kept = self._seen.setdefault(name, OrderedDict())
        kept[picture, method.seen_with(options)] = seen
        kept.move_to_end((picture, method.seen_with(options)))
        while len(kept) > method.kept:
            kept.popitem(last=False)
