from __future__ import annotations

import json

from onsight.core.results import HeatMap, ImageInfo
from onsight.errors import CODES, ImageError, OnsightError, UnsupportedFormatError
from onsight.tools.classify.results import Candidate, Classification


def example() -> Classification:
    return Classification(
        label="Cat",
        score=0.97,
        certain=True,
        category="Pets",
        path=("Animal", "Cat"),
        candidates=(Candidate("Cat", 0.97),),
        heat_map=HeatMap((0, 0, 4, 4), 1, 2, (0.5, 1.0)),
        image=ImageInfo(4, 4, "PNG"),
        model="efficientnet-lite2",
    )


def test_classification_is_plain_json() -> None:
    data = example().to_json()
    assert json.loads(json.dumps(data)) == data
    assert data["path"] == ["Animal", "Cat"]
    assert data["heat_map"] == {"box": [0, 0, 4, 4], "height": 1, "width": 2, "values": [0.5, 1.0]}


def test_error_codes_are_unique_and_documented() -> None:
    classes = [OnsightError]
    for cls in classes:
        classes.extend(cls.__subclasses__())
    own = [cls.code for cls in classes if "code" in vars(cls)]
    assert len(own) == len(set(own))
    assert set(own) == CODES
    import onsight.errors

    for cls in classes:
        assert cls.__name__ in (onsight.errors.__doc__ or "")
    for code in CODES:
        assert code in (onsight.errors.__doc__ or "")


def test_error_to_json_leaves_out_what_is_not_there() -> None:
    assert ImageError("Broken.").to_json() == {"code": "internal", "message": "Broken."}
    error = UnsupportedFormatError("HEIC is not for us.", detail={"format": "HEIC"})
    assert error.to_json()["detail"] == {"format": "HEIC"}
