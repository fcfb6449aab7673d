"""The list of controls that a page shows."""

from __future__ import annotations

import dataclasses
from typing import Any

from onsight.errors import InvalidOptionError
from onsight.tools.enhance.controls import enhance_controls
from onsight.tools.enhance.settings import RANGES, EnhanceSettings


def test_every_number_with_a_range_has_one_control() -> None:
    assert sorted(control.id for control in enhance_controls().controls) == sorted(RANGES)


def test_names_are_told_apart() -> None:
    names = [control.name for control in enhance_controls().controls]
    assert len(set(names)) == len(names)


def settings_of(control: str, value: Any) -> EnhanceSettings:
    """Return settings whose one control has a value."""
    changed: dict[str, Any] = {control: value}
    return EnhanceSettings(**changed)


def test_ends_of_each_control_are_settings_and_beyond_them_are_none() -> None:
    for control in enhance_controls().controls:
        for value in (control.low, control.high):
            assert getattr(settings_of(control.id, value), control.id) == value
        try:
            settings_of(control.id, control.high + control.step)
        except InvalidOptionError:
            continue
        raise AssertionError(f"{control.id} goes beyond its control")


def test_steps_reach_neutral_and_both_ends() -> None:
    for control in enhance_controls().controls:
        for length in (control.high - control.low, control.neutral - control.low):
            steps = length / control.step
            assert abs(steps - round(steps)) < 1e-9, control.id


def test_neutral_is_what_settings_are_at_first() -> None:
    assert enhance_controls().neutral == EnhanceSettings()
    neutral = dataclasses.asdict(enhance_controls().neutral)
    assert all(neutral[control.id] == control.neutral for control in enhance_controls().controls)
