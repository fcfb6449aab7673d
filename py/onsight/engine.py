"""The engine for CPython: the tools as methods, with networks in onnxruntime.

Example:
    >>> from onsight.engine import Engine
    >>> Engine().classify("cat.jpg").label
    'Cat'
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from onsight._engine_methods import EngineMethods, Image, Timings
from onsight.api import METHODS
from onsight.core.flow import Flow, Run, Stopwatch, Tensors, drive
from onsight.core.texts import text
from onsight.errors import InvalidOptionError, ModelFailedError
from onsight.files.reading import read_file
from onsight.library.records import PictureRecord
from onsight.networks.model_cache import find_model
from onsight.networks.models import Models
from onsight.tools.organise.task import Indexer

if TYPE_CHECKING:
    import onnxruntime

T = TypeVar("T")


@dataclass(frozen=True)
class Engine(EngineMethods):
    """The tools, ready for use. Networks are loaded when they are first needed; the methods are in `EngineMethods`.

    Attributes:
        models: Folder of the converted models; None for the build's cache.
        threads: Number of threads that a network runs on; None lets onnxruntime choose.
    """

    models: Path | None = None
    threads: int | None = None

    def check(self, options: object) -> None:
        """Refuse options that name what does not exist. No picture is needed for that, and no network.

        Args:
            options: Of any method.

        Raises:
            InvalidOptionError: A class or label does not exist.
            ModelError: The description of a network is missing.
        """
        for method in METHODS.values():
            if method.options is type(options):
                method.check(self._networks, options)

    def indexer(self, *, detect: bool = False) -> Indexer:
        """Return the tools that analyse pictures for a library.

        Args:
            detect: Whether to detect objects, too.
        """
        return Indexer.from_models(self._networks, detect=detect)

    def index(self, image: Image, *, detect: bool = False) -> PictureRecord:
        """Analyse a picture for a library; arguments as for `indexer`, errors as for other methods."""
        return self._drive(self.indexer(detect=detect).index, image, None)

    def _call(self, name: str, image: Image | None, options: object, on_timings: Timings | None) -> Any:
        method = METHODS[name]
        if type(options) is not method.options:
            wanted, given = method.options.__name__, type(options).__name__
            raise InvalidOptionError(
                text("The options of {name} must be {wanted}, got {given}.", name=name, wanted=wanted, given=given)
            )
        method.check(self._networks, options)

        def start(data: bytes) -> Flow[Any]:
            outputs = yield from method.run(self._networks, data, options)
            return method.decide(self._networks, outputs, options)

        return self._drive(start, b"" if image is None else image, on_timings)

    def _drive(
        self,
        start: Callable[[bytes], Flow[T]],
        image: Image,
        on_timings: Timings | None,
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
