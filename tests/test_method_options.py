"""Options are checked before a file is read, and a file is decoded once, however many tools look at it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

from onsight.api import METHODS
from onsight.core.flow import Run, Tensors, drive
from onsight.core.options import NoOptions, Option, declared_options, options_from
from onsight.errors import InvalidOptionError
from onsight.evidence.network_outputs import CLASSIFIER
from onsight.image import decoding
from onsight.networks.models import Models
from onsight.tools.detect.options import CropOptions
from onsight.tools.detect.task import DETECTORS
from onsight.tools.enhance import task as enhance
from onsight.tools.enhance.options import EnhanceOptions
from onsight.tools.enhance.upscale import UPSCALERS
from tests.detection_samples import MODELS, texts
from tests.pictures import encode, photo
from tests.test_index import Network

OF_PICTURES = [name for name in METHODS if not name.startswith(("library_", "archive_"))]
FIELDS = [
    (name, field)
    for name in METHODS
    if not name.startswith("archive_member")
    for field in declared_options(METHODS[name].options)
]
BOX = {"label": "dog", "score": 0.5, "x1": 0, "y1": 0, "x2": 5, "y2": 5}
UNKNOWN = {**BOX, "label": "unicorn"}
FOUND = {"boxes": [UNKNOWN], "image": {"width": 9, "height": 9, "format": "PNG"}, "model": "m"}


@pytest.fixture(scope="module")
def models() -> Models:
    upscalers = {model: ((MODELS / model / "model.json").read_text(encoding="utf-8"), "") for model in UPSCALERS}
    return Models.from_texts({model: texts(model) for model in (CLASSIFIER, *DETECTORS)} | upscalers)


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Sizes of the files that were decoded."""
    sizes: list[int] = []
    decode = decoding._decode

    def counted(data: Any, *rest: Any, **options: Any) -> Any:
        sizes.append(len(data))
        return decode(data, *rest, **options)

    monkeypatch.setattr(decoding, "_decode", counted)
    return sizes


def ask(models: Models, name: str, image: bytes, given: dict[str, Any], run: Any) -> Any:
    """Do what the bridge does."""
    method = METHODS[name]
    options = options_from(method.options, given)
    method.check(models, options)
    return method.decide(models, drive(method.run(models, image, options), run), options)


def no_network(step: Run) -> Tensors:
    raise AssertionError(f"{step.model} ran before the options were checked.")


def with_required(name: str, given: dict[str, Any]) -> dict[str, Any]:
    declared = declared_options(METHODS[name].options).values()
    return {**{one.name: valid_value(name, one) for one in declared if one.required}, **given}


def valid_value(method: str, required: Option) -> Any:
    if required.declaration.choices:
        return next(iter(required.declaration.choices))
    if method == "redact":
        return [[0, 0, 5, 5]]
    values = {"box": [0, 0, 5, 5], "tags": ["cat"] if method == "library_edit" else []}
    return values.get(required.name, {str: "a", int: 1, bytes: b""}.get(required.kind, []))


@pytest.mark.parametrize("name", METHODS)
def test_required_options_are_enough(name: str) -> None:
    options_from(METHODS[name].options, with_required(name, {}))


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("classify", {"top_k": 0}),
        ("classify", {"threshold": 0}),
        ("tag", {"threshold": float("nan")}),
        ("compare", {"without": ["Unicorn"]}),
        ("detect", {"allow": ["unicorn"]}),
        ("detect", {"allow": ["dog"], "deny": ["Dog"]}),
        ("crop", {"box": [5, 5, 5, 9]}),
        ("crop", {"box": [-9, 0, -1, 9]}),
        ("redact", {"boxes": []}),
        ("redact", {"boxes": [[0, 0, 5, 5]], "style": "pixelate"}),
        ("annotate", {"boxes": [UNKNOWN]}),
        ("export_detections", {"format": "coco", "pictures": [{"name": "a.png", "detection": FOUND}]}),
        ("enhance", {"preset": "sepia"}),
        ("enhance", {"auto": True, "preset": "vivid"}),
        ("enhance_preview", {"region": [0, 0, 0, 1]}),
        ("preview", {"max_side": 3}),
        ("index", {"detect": 1}),
    ],
)
def test_an_invalid_value_is_refused_before_anything_is_decoded(
    models: Models, decoded: list[int], name: str, given: dict[str, Any]
) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        ask(models, name, encode(photo(), "PNG"), with_required(name, given), no_network)
    assert caught.value.message.endswith(".")
    assert not decoded


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_every_option_of_a_wrong_type_is_refused_at_once(name: str, field: str) -> None:
    with pytest.raises(InvalidOptionError, match=f"^{field} must"):
        options_from(METHODS[name].options, with_required(name, {field: object()}))


@pytest.mark.parametrize("name", OF_PICTURES)
def test_options_that_do_not_exist_are_refused(name: str) -> None:
    with pytest.raises(InvalidOptionError, match="There is no option treshold"):
        options_from(METHODS[name].options, with_required(name, {"treshold": 0.5}))


@pytest.mark.parametrize("name", ["detect", "compare"])
def test_an_unknown_name_is_refused_for_a_picture_that_is_remembered_too(models: Models, name: str) -> None:
    method = METHODS[name]
    options = options_from(method.options, {"allow" if name == "detect" else "without": ["Unicorn"]})
    with pytest.raises(InvalidOptionError, match="Unicorn"):
        method.check(models, options)
    with pytest.raises(InvalidOptionError, match="Unicorn"):
        next(method.run(models, b"no picture at all", options))


def test_what_is_missing_is_named() -> None:
    with pytest.raises(InvalidOptionError, match="The option box is missing"):
        options_from(CropOptions, {})
    with pytest.raises(InvalidOptionError, match="takes none"):
        options_from(NoOptions, {"size": 3})


def tools_that_look() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "classify", {}
    for boxes in (False, True):
        yield "tag", {"boxes": boxes}
        yield "index", {"detect": boxes}
    yield "compare", {"heat_maps": True}
    yield "detect", {}
    yield "detect", {"quick": True}
    yield "detect", {"thorough": True}
    yield "enhance", {"auto": True}
    yield "enhance_analysis", {}


@pytest.mark.parametrize(("name", "given"), tuple(tools_that_look()))
def test_a_file_is_decoded_once(models: Models, decoded: list[int], name: str, given: dict[str, Any]) -> None:
    ask(models, name, encode(photo(700, 660), "JPEG"), given, Network())
    assert len(decoded) == 1


@pytest.mark.parametrize("size", [(299, 310), (700, 600), (1000, 650)])
def test_tools_that_share_a_decoding_answer_as_each_alone(models: Models, size: tuple[int, int]) -> None:
    data = encode(photo(*size), "JPEG")
    compared = ask(models, "compare", data, {}, Network())
    assert compared.classification == ask(models, "classify", data, {}, Network())
    assert compared.tagging == ask(models, "tag", data, {"boxes": False}, Network())


def test_enhancing_by_itself_says_what_it_does() -> None:
    data = encode(Image.fromarray(np.asarray(photo(80, 60)) // 4), "PNG")
    made = drive(enhance.enhance(data, EnhanceOptions(auto=True), lambda: None), no_network)  # type: ignore[arg-type,return-value]
    assert made.settings == drive(enhance.analyse(data), no_network).settings
