"""Descriptions of networks: ``models/<id>/model.json`` as frozen dataclasses.

Preprocessing is described in timm's terms. Sizes are ``(height, width)``; ``mean`` and ``std`` are in pixel values, 0
to 255.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import numpy as np
from numpy.typing import NDArray

from onsight.errors import InvalidSpecError

T = TypeVar("T")

INTERPOLATIONS = ("bilinear", "bicubic", "lanczos")
CROP_MODES = ("center", "squash", "border")
TASKS = ("image-classification", "object-detection", "super-resolution")
DECODERS = ("ssd", "centernet")
REGISTRIES = ("pypi", "npm", "repository")


@dataclass(frozen=True, slots=True)
class InputSpec:
    """How to convert a picture to a network's input.

    Attributes:
        name: Name of the network's input, float32 [n, 3, height, width], RGB. For super-resolution [n, 1, height,
        width], the luminance of a part of a picture at its own size.
        input_size: ``(height, width)`` in pixels.
        interpolation: ``"bilinear"``, ``"bicubic"`` or ``"lanczos"``; all antialias when they reduce. For
        super-resolution, the filter that enlarges the picture which the output is added to.
        crop_pct: Fraction of the picture's side that is kept, in (0, 1].
        crop_mode: ``"center"``: the largest centred region with the input's aspect ratio, its sides multiplied by
        ``crop_pct``. ``"squash"``: the whole picture with the input's aspect ratio. ``"border"``: the whole picture
        with its own aspect ratio, on a background of ``mean``. The last two ignore ``crop_pct``.
        mean: Subtracted from each of R, G, B, or from luminance; in [0, 255].
        std: Divisor for each of them afterwards, in pixel values.
    """

    name: str
    input_size: tuple[int, int]
    interpolation: str
    crop_pct: float
    crop_mode: str
    mean: tuple[float, ...]
    std: tuple[float, ...]

    @property
    def min_side(self) -> int:
        """Shortest side in pixels that a reduced picture needs so that preprocessing never enlarges it."""
        crop_pct = self.crop_pct if self.crop_mode == "center" else 1.0
        # Rounded first, because 260 / (260 / 292) is slightly above 292.
        return math.ceil(round(max(self.input_size) / crop_pct, 6))


@dataclass(frozen=True, slots=True)
class FileSpec:
    """A file of the model.

    Attributes:
        bytes: Its size.
        sha256: SHA-256 of its content, in lower-case hexadecimal.
    """

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class OriginSpec:
    """The registry package that ships the weights.

    Attributes:
        registry: ``"pypi"`` (the default), ``"npm"``, or ``"repository"`` for weights that were trained here and are
            next
        to the description; the package is then Onsight itself.
        package: Name of the package.
        version: Version of the package.
        file: Name of the package's file.
        sha256: SHA-256 of that file, in lower-case hexadecimal.
        member: Path of the weights inside it; the same as ``file`` for weights in the repository.
    """

    registry: str
    package: str
    version: str
    file: str
    sha256: str
    member: str


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A network and everything needed to run it.

    Attributes:
        id: Name of its folder.
        name: Displayed name.
        version: Version of this description and of the files that it names.
        task: ``"image-classification"``, ``"object-detection"`` or ``"super-resolution"``.
        license: SPDX identifier of the weights' licence.
        input: How to convert a picture to its input.
        outputs: Names of its outputs.
        switches: For costly outputs that are empty unless requested: the name of the float32 [1] input that requests
            the
        output, by the output's name.
        num_classes: Number of classes in its outputs; 0 for super-resolution.
        labels: Name of the file that lists the classes, one per line, in the order of the outputs. None for
        super-resolution.
        temperature: Divisor of a classifier's logits before softmax, for calibration; 1 for other networks.
        decoder: Format of a detector's outputs, ``"ssd"`` or ``"centernet"``; None for other networks.
        scale: Factor by which a super-resolution network enlarges the width and the height; None for other networks.
        context: Pixels on each side of a super-resolution network's input that the output does not include; None for
        other networks.
        files: The model's files by name.
        origin: Where the weights come from.
    """

    id: str
    name: str
    version: str
    task: str
    license: str
    input: InputSpec
    outputs: tuple[str, ...]
    switches: Mapping[str, str]
    num_classes: int
    labels: str | None
    temperature: float
    decoder: str | None
    scale: int | None
    context: int | None
    files: Mapping[str, FileSpec]
    origin: OriginSpec

    @classmethod
    def from_json(cls, data: Any) -> ModelSpec:
        """Read the content of a ``model.json``.

        Args:
            data: The file's JSON; unknown fields are ignored.

        Returns:
            The description.

        Raises:
            InvalidSpecError: A field is missing or has an impossible value; ``detail`` is
                ``{"field", "got", "wanted"}``.
        """
        fields = _Fields(data)
        outputs = fields.tuple("outputs", 1, _text)
        task = fields.get("task", _one_of(TASKS))
        is_classifier, is_detector = task == "image-classification", task == "object-detection"
        enlarges = task == "super-resolution"
        return cls(
            id=fields.get("id", _text),
            name=fields.get("name", _text),
            version=fields.get("version", _text),
            task=task,
            license=fields.get("license", _text),
            input=_luminance_input(fields.child("input")) if enlarges else _input(fields.child("input")),
            outputs=outputs,
            switches=fields.mapping("switches", _one_of(outputs), lambda child, key: child.get(key, _text)),
            num_classes=0 if enlarges else fields.get("num_classes", _count),
            labels=None if enlarges else fields.get("labels", _text),
            temperature=fields.get("temperature", _positive) if is_classifier else 1.0,
            decoder=fields.get("decoder", _one_of(DECODERS)) if is_detector else None,
            scale=fields.get("scale", _count) if enlarges else None,
            context=fields.get("context", _count) if enlarges else None,
            files=fields.mapping("files", _text, lambda child, key: _file(child.child(key))),
            origin=_origin(fields.child("origin")),
        )

    @classmethod
    def load(cls, folder: Path) -> ModelSpec:
        """Read the ``model.json`` in a folder.

        Raises:
            InvalidSpecError: The file cannot be read or does not describe a model.
        """
        path = folder / "model.json"
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InvalidSpecError(
                f"The model's description {path} cannot be read: {error}", detail={"file": str(path)}
            ) from error
        return cls.from_json(data)

    def parse_labels(self, text: str) -> tuple[str, ...]:
        """Read the content of the labels file.

        Args:
            text: One label per line.

        Returns:
            ``num_classes`` different labels, in the order of the outputs.

        Raises:
            InvalidSpecError: Their number is wrong, or one is empty or repeated.
        """
        file = self.labels or "labels"
        labels = tuple(line.strip() for line in text.splitlines())
        if len(labels) != self.num_classes:
            _fail(file, f"{len(labels)} lines", f"{self.num_classes}, one per class")
        seen = {""}
        for line, label in enumerate(labels, 1):
            if label in seen:
                _fail(f"{file}, line {line}", label, "a label that is neither empty nor repeated")
            seen.add(label)
        return labels

    def feeds(self, pixel_values: NDArray[np.float32], fetches: Collection[str]) -> dict[str, NDArray[np.float32]]:
        """Return the network's inputs.

        Args:
            pixel_values: Preprocessed picture, float32 [n, 3, height, width].
            fetches: Names of the requested outputs; the network computes only what these need.

        Returns:
            C-contiguous float32 arrays by input name.
        """
        feeds = {self.input.name: pixel_values}
        for output, switch in self.switches.items():
            feeds[switch] = np.full(1, output in fetches, np.float32)
        return feeds


class _Fields:
    """A JSON object while it is read. It knows its path, so that errors can name the field."""

    def __init__(self, data: Any, place: str = "") -> None:
        if not isinstance(data, dict):
            _fail(place or "model.json", data, "an object")
        self._data: dict[str, Any] = data
        self._place = place

    def _name(self, key: str) -> str:
        return f"{self._place}.{key}" if self._place else key

    def get(self, key: str, check: Callable[[str, Any], T], default: T | None = None) -> T:
        if key not in self._data:
            if default is not None:
                return default
            _fail(self._name(key), "nothing", "a value")
        return check(self._name(key), self._data[key])

    def child(self, key: str) -> _Fields:
        return _Fields(self.get(key, lambda _, value: value), self._name(key))

    def tuple(
        self, key: str, at_least: int, check: Callable[[str, Any], T], at_most: int | None = None
    ) -> tuple[T, ...]:
        values = self.get(key, lambda _, value: value)
        if not isinstance(values, list) or not at_least <= len(values) <= (at_most or len(values)):
            _fail(self._name(key), values, f"a list of {at_least}{'' if at_most else ' or more'}")
        return tuple(check(f"{self._name(key)}[{index}]", value) for index, value in enumerate(values))

    def mapping(
        self, key: str, check_key: Callable[[str, Any], str], read: Callable[[_Fields, str], T]
    ) -> dict[str, T]:
        child = self.child(key)
        return {check_key(child._name(name), name): read(child, name) for name in child._data}


def _input(fields: _Fields) -> InputSpec:
    height, width = fields.tuple("input_size", 2, _count, 2)
    return InputSpec(
        name=fields.get("name", _text),
        input_size=(height, width),
        interpolation=fields.get("interpolation", _one_of(INTERPOLATIONS)),
        crop_pct=fields.get("crop_pct", _number("a number above 0 and up to 1", lambda x: 0 < x <= 1)),
        crop_mode=fields.get("crop_mode", _one_of(CROP_MODES)),
        mean=fields.tuple("mean", 3, _level, 3),
        std=fields.tuple("std", 3, _positive, 3),
    )


def _luminance_input(fields: _Fields) -> InputSpec:
    height, width = fields.tuple("input_size", 2, _count, 2)
    return InputSpec(
        name=fields.get("name", _text),
        input_size=(height, width),
        interpolation=fields.get("interpolation", _one_of(INTERPOLATIONS)),
        crop_pct=1.0,
        crop_mode="squash",
        mean=fields.tuple("mean", 1, _level, 1),
        std=fields.tuple("std", 1, _positive, 1),
    )


def _file(fields: _Fields) -> FileSpec:
    return FileSpec(bytes=fields.get("bytes", _count), sha256=fields.get("sha256", _sha256))


def _origin(fields: _Fields) -> OriginSpec:
    return OriginSpec(
        registry=fields.get("registry", _one_of(REGISTRIES), "pypi"),
        package=fields.get("package", _text),
        version=fields.get("version", _text),
        file=fields.get("file", _text),
        sha256=fields.get("sha256", _sha256),
        member=fields.get("member", _text),
    )


def _text(field: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        _fail(field, value, "a text")
    return value


def _one_of(choices: Collection[str]) -> Callable[[str, Any], str]:
    def check(field: str, value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            _fail(field, value, "one of " + ", ".join(choices))
        return value

    return check


def _count(field: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        _fail(field, value, "a whole number above 0")
    return value


def _number(wanted: str, holds: Callable[[float], bool]) -> Callable[[str, Any], float]:
    def check(field: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not holds(value):
            _fail(field, value, wanted)
        return float(value)

    return check


_level = _number("a number from 0 to 255", lambda x: 0 <= x <= 255)
_positive = _number("a number above 0", lambda x: 0 < x < math.inf)


def _sha256(field: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) != 64 or set(value) - set("0123456789abcdef"):
        _fail(field, value, "64 lower-case hexadecimal digits")
    return value


def _fail(field: str, got: Any, wanted: str) -> NoReturn:
    raise InvalidSpecError(
        f"The model's description is wrong: {field} is {got!r}, expected {wanted}.",
        detail={"field": field, "got": got, "wanted": wanted},
    )
