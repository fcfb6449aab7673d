"""What a library tells a person about one picture."""

from __future__ import annotations

import pytest

from onsight.tools.organise.details import describe_picture
from tests.library_samples import filled, look


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (1 / 8000, "1/8000 s"),
        (1 / 60, "1/60 s"),
        (0.016667, "1/60 s"),
        (0.008, "1/125 s"),
        (0.1, "1/10 s"),
        (0.125, "1/8 s"),
        (0.166667, "1/6 s"),
        (0.25, "1/4 s"),
        (0.3, "0.3 s"),
        (1 / 3, "1/3 s"),
        (0.4, "0.4 s"),
        (0.5, "1/2 s"),
        (0.6, "0.6 s"),
        (0.76923, "0.8 s"),
        (0.8, "0.8 s"),
        (1.0, "1 s"),
        (1.3, "1.3 s"),
        (30.0, "30 s"),
    ],
)
def test_exposure_times_are_shown_as_cameras_show_them(seconds: float, shown: str) -> None:
    with filled({"/in/a.jpg": look(exposure_s=seconds)}) as library:
        facts = {fact.name: fact.value for fact in describe_picture(library, 1).facts}
    assert facts["Exposure"] == shown
