"""The controls as users see them: names, groups and steps. Their ranges are those of the settings."""

from __future__ import annotations

from onsight.core.texts import text
from onsight.tools.enhance.options import EnhanceOptions
from onsight.tools.enhance.results import EnhanceControl, EnhanceControls
from onsight.tools.enhance.settings import NEUTRAL, RANGES


def enhance_controls() -> EnhanceControls:
    """Return every control that is a number, in the order in which a page shows them."""
    groups = {
        text("Light"): {
            "exposure": (text("Exposure"), 0.05),
            "contrast": (text("Contrast"), 1.0),
            "highlights": (text("Highlights"), 1.0),
            "shadows": (text("Shadows"), 1.0),
        },
        text("Colour"): {
            "temperature": (text("Temperature"), 1.0),
            "tint": (text("Tint"), 1.0),
            "saturation": (text("Saturation"), 1.0),
            "vibrance": (text("Vibrance"), 1.0),
        },
        text("Detail"): {
            "clarity": (text("Clarity"), 1.0),
            "dehaze": (text("Dehaze"), 1.0),
            "sharpen": (text("Sharpen"), 1.0),
            "denoise": (text("Smooth grain"), 1.0),
            "denoise_colour": (text("Smooth colour grain"), 1.0),
        },
        text("Geometry"): {
            "straighten": (text("Straighten"), 0.1),
        },
    }
    return EnhanceControls(
        tuple(
            EnhanceControl(id, name, group, *RANGES[id], step, getattr(NEUTRAL, id))
            for group, controls in groups.items()
            for id, (name, step) in controls.items()
        ),
        NEUTRAL,
        EnhanceOptions().quality,
    )
