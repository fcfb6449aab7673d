"""The controls for people: names, groups and steps. Their ranges are those of the settings."""

from __future__ import annotations

from onsight.tools.enhance.options import EnhanceOptions
from onsight.tools.enhance.results import EnhanceControl, EnhanceControls
from onsight.tools.enhance.settings import NEUTRAL, RANGES

_GROUPS = {
    "Light": {
        "exposure": ("Exposure", 0.05),
        "contrast": ("Contrast", 1.0),
        "highlights": ("Highlights", 1.0),
        "shadows": ("Shadows", 1.0),
    },
    "Colour": {
        "temperature": ("Temperature", 1.0),
        "tint": ("Tint", 1.0),
        "saturation": ("Saturation", 1.0),
        "vibrance": ("Vibrance", 1.0),
    },
    "Detail": {
        "clarity": ("Clarity", 1.0),
        "dehaze": ("Dehaze", 1.0),
        "sharpen": ("Sharpen", 1.0),
        "denoise": ("Smooth grain", 1.0),
        "denoise_colour": ("Smooth colour grain", 1.0),
    },
    "Geometry": {
        "straighten": ("Straighten", 0.1),
    },
}

CONTROLS = EnhanceControls(
    tuple(
        EnhanceControl(id, name, group, *RANGES[id], step, getattr(NEUTRAL, id))
        for group, controls in _GROUPS.items()
        for id, (name, step) in controls.items()
    ),
    NEUTRAL,
    EnhanceOptions().quality,
)
"""Every control that is a number, in the order in which a page shows them."""
