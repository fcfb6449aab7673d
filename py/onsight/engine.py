"""The engine for CPython: the tools as methods, with networks in onnxruntime.

Example:
    >>> from onsight.engine import Engine
    >>> Engine().classify("cat.jpg").label
    'Cat'
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from onsight.core.flow import Flow, Run, Stopwatch, Tensors, drive
from onsight.core.results import OutputFile
from onsight.core.texts import text
from onsight.errors import ModelFailedError
from onsight.files.reading import read_file
from onsight.library.records import PictureRecord
from onsight.networks.model_cache import find_model
from onsight.networks.models import Models
from onsight.tools.classify.options import ClassifyOptions
from onsight.tools.classify.results import Classification
from onsight.tools.classify.task import Classifier
from onsight.tools.compare.options import CompareOptions
from onsight.tools.compare.results import Comparison
from onsight.tools.compare.task import Comparer
from onsight.tools.detect import edit
from onsight.tools.detect.options import CropOptions, DetectOptions, RedactOptions
from onsight.tools.detect.results import Detection
from onsight.tools.detect.task import Detector
from onsight.tools.enhance import task as enhance
from onsight.tools.enhance.options import EnhanceOptions
from onsight.tools.enhance.results import EnhanceAnalysis
from onsight.tools.enhance.settings import EnhanceSettings
from onsight.tools.enhance.upscale import Upscaler
from onsight.tools.organise.task import Indexer
from onsight.tools.shared.options import PreviewOptions
from onsight.tools.shared.results import Preview
from onsight.tools.shared.task import preview
from onsight.tools.tag.methods import tagger_for
from onsight.tools.tag.options import TagOptions
from onsight.tools.tag.results import Tagging

if TYPE_CHECKING:
    import onnxruntime

T = TypeVar("T")

Image = bytes | str | os.PathLike[str]
"""A file's bytes, or its path."""


@dataclass(frozen=True)
class Engine:
    """The tools, ready to use. Networks are loaded when they are first needed.

    Attributes:
        models: Folder of the converted models; None for the build's cache.
        threads: Number of threads that a network runs on; None lets onnxruntime choose.
    """

    models: Path | None = None
    threads: int | None = None

    def classify(
        self,
        image: Image,
        options: ClassifyOptions = ClassifyOptions(),  # noqa: B008  # frozen
        *,
        on_timings: Callable[[Mapping[str, float]], None] | None = None,
    ) -> Classification:
        """Give a picture one label.

        Args:
            image: A file's bytes, or its path.
            options: How many candidates to return, and the threshold.
            on_timings: Called at the end with the milliseconds that each stage took, by stage.

        Raises:
            ImageError: The file is not a picture that can be opened.
            UnreadableFileError: The file cannot be read.
            ModelError: The network is missing or does not run.
        """
        return self._drive(lambda data: self._networks.make(Classifier).classify(data, options), image, on_timings)

    def detect(
        self,
        image: Image,
        options: DetectOptions = DetectOptions(),  # noqa: B008  # frozen
        *,
        on_timings: Callable[[Mapping[str, float]], None] | None = None,
    ) -> Detection:
        """Find the objects in a picture; arguments and errors as for `classify`.

        Raises:
            InvalidOptionError: A class in ``allow`` or ``deny`` does not exist.
        """
        self.check(options)
        return self._drive(lambda data: self._networks.make(Detector).detect(data, options), image, on_timings)

    def check(self, options: ClassifyOptions | TagOptions | CompareOptions | DetectOptions) -> None:
        """Check that the classes and labels that options name exist. This needs no picture and runs no network.

        Raises:
            InvalidOptionError: A class or label does not exist.
            ModelError: The description of a network is missing.
        """
        if isinstance(options, DetectOptions) and (options.allow or options.deny):
            self._networks.make(Detector).check(options)
        if isinstance(options, CompareOptions) and options.without:
            self._networks.make(Comparer).check(options)

    @property
    def detection_labels(self) -> tuple[str, ...]:
        """Names of all classes that `detect` knows, in the order of the models."""
        return self._networks.make(Detector).labels

    def tag(
        self,
        image: Image,
        options: TagOptions = TagOptions(),  # noqa: B008  # frozen
        *,
        on_timings: Callable[[Mapping[str, float]], None] | None = None,
    ) -> Tagging:
        """List everything that a picture shows; arguments and errors as for `classify`."""
        tagger = tagger_for(self._networks, options)
        return self._drive(lambda data: tagger.tag(data, options), image, on_timings)

    def compare(
        self,
        image: Image,
        options: CompareOptions = CompareOptions(),  # noqa: B008  # frozen
        *,
        on_timings: Callable[[Mapping[str, float]], None] | None = None,
    ) -> Comparison:
        """Compare a picture's label with its tags; arguments and errors as for `classify`.

        Raises:
            InvalidOptionError: A label to rule out does not exist.
        """
        self.check(options)
        return self._drive(lambda data: self._networks.make(Comparer).compare(data, options), image, on_timings)

    def indexer(self, *, detect: bool = False) -> Indexer:
        """Return the tools that analyse pictures for a library.

        Args:
            detect: Whether to detect objects, too.
        """
        return Indexer.from_models(self._networks, detect=detect)

    def index(self, image: Image, *, detect: bool = False) -> PictureRecord:
        """Analyse a picture for a library; arguments as for `indexer`, errors as for `classify`."""
        return self._drive(self.indexer(detect=detect).index, image, None)

    def preview(
        self,
        image: Image,
        options: PreviewOptions = PreviewOptions(),  # noqa: B008  # frozen
    ) -> Preview:
        """Make an upright preview that every browser can show; errors as for `classify`."""
        return self._drive(lambda data: preview(data, options), image, None)

    def crop(self, image: Image, options: CropOptions) -> OutputFile:
        """Cut a part out of a picture; errors as for `classify`."""
        return self._drive(lambda data: edit.crop(data, options), image, None)

    def redact(self, image: Image, options: RedactOptions) -> OutputFile:
        """Make parts of a picture unrecognisable; errors as for `classify`."""
        return self._drive(lambda data: edit.redact(data, options), image, None)

    def enhance_analysis(self, image: Image) -> EnhanceAnalysis:
        """Return what would improve a picture; errors as for `classify`."""
        return self._drive(enhance.analyse, image, None)

    def enhance(
        self,
        image: Image,
        options: EnhanceOptions = EnhanceOptions(),  # noqa: B008  # frozen
        *,
        on_timings: Callable[[Mapping[str, float]], None] | None = None,
        on_settings: Callable[[EnhanceSettings], None] | None = None,
    ) -> OutputFile:
        """Improve a picture at full resolution; arguments and errors as for `classify`.

        Args:
            image: A file's bytes, or its path.
            options: Which settings, which format.
            on_timings: As for `classify`.
            on_settings: Called with the settings that are applied, including those that the analysis proposes.
        """
        return self._drive(
            lambda data: enhance.enhance(data, options, lambda: self._networks.make(Upscaler), on_settings),
            image,
            on_timings,
        )

    def _drive(
        self,
        start: Callable[[bytes], Flow[T]],
        image: Image,
        on_timings: Callable[[Mapping[str, float]], None] | None,
    ) -> T:
        watch = Stopwatch()
        watch.enter("read")
        data = image if isinstance(image, bytes) else read_file(image)
        result = drive(start(data), self._run, lambda stage: watch.enter(stage.name))
        watch.enter(None)
        if on_timings:
            on_timings(watch.timings_ms)
        return result

    @cached_property
    def _networks(self) -> Models:
        return Models(self._texts)

    def _texts(self, model_id: str) -> tuple[str, str]:
        folder = find_model(model_id, self.models)
        labels = folder / "labels.txt"
        return (
            (folder / "model.json").read_text(encoding="utf-8"),
            labels.read_text(encoding="utf-8") if labels.exists() else "",
        )

    @cached_property
    def _sessions(self) -> dict[str, onnxruntime.InferenceSession]:
        return {}

    def _run(self, step: Run) -> Tensors:
        if step.model not in self._sessions:
            self._sessions[step.model] = load_session(find_model(step.model, self.models), self.threads)
        try:
            outputs: list[Any] = self._sessions[step.model].run(list(step.fetches), dict(step.feeds))
        except Exception as error:  # onnxruntime's errors have no common base class
            raise ModelFailedError(
                text("The network could not run on this picture. Try a smaller copy of it."), detail=str(error)
            ) from error
        return dict(zip(step.fetches, outputs, strict=True))


def load_session(folder: Path, threads: int | None = None) -> onnxruntime.InferenceSession:
    """Load the network of a converted model's folder.

    Raises:
        ModelFailedError: onnxruntime is not installed or cannot load the file.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise ModelFailedError(
            text("The package onnxruntime is needed to run networks. Install it with: pip install onnxruntime")
        ) from error
    settings = onnxruntime.SessionOptions()
    settings.log_severity_level = 3
    if threads:
        settings.intra_op_num_threads = threads
    try:
        return onnxruntime.InferenceSession(folder / "model.onnx", settings, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors have no common base class
        raise ModelFailedError(
            text(
                "The network in {folder} could not be loaded. Run python3 build.py setup to convert it again.",
                folder=folder,
            ),
            detail=str(error),
        ) from error
