from __future__ import annotations

import pytest

from onsight.core.options import options_from
from onsight.errors import InvalidOptionError
from onsight.tools.classify.options import ClassifyOptions
from onsight.tools.shared.options import PreviewOptions


@pytest.mark.parametrize(
    ("kind", "values", "named"),
    [
        (ClassifyOptions, {"top_k": 0}, "top_k"),
        (ClassifyOptions, {"top_k": 1001}, "top_k"),
        (ClassifyOptions, {"top_k": 2.5}, "top_k"),
        (ClassifyOptions, {"top_k": True}, "top_k"),
        (ClassifyOptions, {"top_k": "5"}, "top_k"),
        (ClassifyOptions, {"threshold": 0}, "threshold"),
        (ClassifyOptions, {"threshold": 1.01}, "threshold"),
        (ClassifyOptions, {"threshold": float("nan")}, "threshold"),
        (ClassifyOptions, {"colour": "red"}, "colour"),
        (PreviewOptions, {"max_side": 15}, "max_side"),
    ],
)
def test_options_from_refuses_by_name(kind: type, values: dict[str, object], named: str) -> None:
    with pytest.raises(InvalidOptionError, match=named):
        options_from(kind, values)


def test_options_from_takes_defaults_from_the_dataclass() -> None:
    assert options_from(ClassifyOptions, {}) == ClassifyOptions()
    assert options_from(ClassifyOptions, {"top_k": 3, "threshold": 0.25}) == ClassifyOptions(3, 0.25)
