"""Convert any of Pillow's pixel types and colour spaces to 8-bit sRGB without transparency.

- 16-bit channels keep their upper eight bits. Only 12-bit TIFFs are shifted by four.
- 32-bit integers and floats have no standard white. Floats within [0, 1] are fractions of white; everything else is
  stretched so that the smallest finite value is black and the largest is white.
- Transparent pixels are composited on white, the usual colour of the page that such pictures are made for.
- An ICC profile is applied if it is valid and fits the pixels, with relative colorimetric intent and black point
  compensation. Without a profile, RGB is in the space that the file's numbers describe (see `colour_statement`), else
  in sRGB, and CMYK is converted with the simple formula.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from onsight.image.colour_space import ColourSpace
from onsight.image.colour_statement import Statement

_WHITE = (255, 255, 255)
_BITS_PER_SAMPLE = 258
_PHOTOMETRIC = 262
_WHITE_IS_ZERO = 0

# Pillow's modes that a profile accepts, by ICC's name of its colour space.
_PROFILE_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
_NOTHING_STATED = Statement()


@dataclass(frozen=True, slots=True)
class ColourConversion:
    """The conversion of one picture's pixels to 8-bit sRGB; created once, then applied strip by strip.

    Attributes:
        black: Value that becomes black, for pixels of more than eight bits.
        white: Value that becomes white; less than ``black`` in a negative.
        transform: Colour transform to sRGB, or None if none is needed.
        space: The colour space of RGB or grey without a transform; None for sRGB.
        as_in_browsers: Whether every browser shows these colours the same way.
    """

    black: float
    white: float
    transform: ImageCms.ImageCmsTransform | None = None
    space: ColourSpace | None = None
    as_in_browsers: bool = True

    @classmethod
    def of(cls, image: Image.Image, statement: Statement = _NOTHING_STATED) -> ColourConversion:
        """Return the conversion that a loaded picture needs.

        Args:
            image: The picture.
            statement: What its file says about colours, apart from an ICC profile.
        """
        black, white = _value_range(image)
        sample = _without_alpha(cls(black, white).to_eight_bits(image.crop((0, 0, 1, 1))))
        profile = None if statement.over_profile else image.info.get("icc_profile")
        transform, is_sound = _srgb_transform(sample, profile)
        space = statement.space if sample.mode in ("L", "RGB") and not (profile and is_sound) else None
        is_usual = sample.mode in ("L", "RGB") and image.mode[0] not in "IF"
        as_in_browsers = is_usual and space is None and statement.is_plain and is_sound
        return cls(black, white, transform, space, as_in_browsers)

    def to_eight_bits(self, strip: Image.Image) -> Image.Image:
        """Return ``strip`` in a mode with one byte per channel: L, LA, RGB, RGBA, CMYK or LAB."""
        if strip.mode in ("L", "LA", "RGB", "RGBA", "CMYK", "LAB") and "transparency" not in strip.info:
            return strip
        if strip.mode[0] in "IF":
            return Image.fromarray(self._scale(np.asarray(strip)))
        if strip.has_transparency_data:
            return strip.convert("RGBA")
        return strip.convert("L" if strip.mode == "1" else "RGB")

    def to_srgb(self, strip: Image.Image) -> Image.Image:
        """Return ``strip``, with 8-bit channels, as RGB in sRGB on white."""
        colours = _without_alpha(strip)
        if self.transform is not None:
            if colours.mode != self.transform.input_mode:
                colours = colours.convert(self.transform.input_mode)
            converted = self.transform.apply(colours)
        else:
            converted = colours if colours.mode == "RGB" else colours.convert("RGB")
            if self.space is not None:
                converted = self.space.to_srgb(converted)
        if strip.mode not in ("LA", "RGBA"):
            return converted
        page = Image.new("RGB", strip.size, _WHITE)
        page.paste(converted, mask=strip.getchannel("A"))
        return page

    def _scale(self, values: NDArray[Any]) -> NDArray[np.uint8]:
        if values.dtype.itemsize == 2 and self.black == 0:
            # Like Pillow for 16-bit RGB, so that grey is the same in both.
            upper: NDArray[np.uint8] = (values >> (int(self.white).bit_length() - 8)).astype(np.uint8)
            return upper
        span = (self.white - self.black) or 1.0
        scaled = (values.astype(np.float64) - self.black) * (255.0 / span)
        return np.asarray(np.clip(np.rint(np.nan_to_num(scaled, nan=0.0)), 0, 255), np.uint8)


def _value_range(image: Image.Image) -> tuple[float, float]:
    """Return the values that stand for black and white; (0, 255) for 8-bit pictures."""
    if image.mode[0] not in "IF":
        return 0.0, 255.0
    tags = getattr(image, "tag_v2", {})
    if image.mode.startswith("I;16"):
        black, white = 0.0, 4095.0 if tags.get(_BITS_PER_SAMPLE) == (12,) else 65535.0
    elif image.mode == "I" and image.format == "PPM":
        black, white = 0.0, 65535.0  # Pillow scales every larger maximum to 16 bits
    else:
        black, white = _finite_extrema(image)
        if image.mode == "F" and black >= 0.0 and white <= 1.0:
            black, white = 0.0, 1.0
    if tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO:
        return white, black
    return black, white


def _finite_extrema(image: Image.Image) -> tuple[float, float]:
    low, high = np.inf, -np.inf
    for top in range(0, image.height, 64):
        values = np.asarray(image.crop((0, top, image.width, min(top + 64, image.height))))
        values = values[np.isfinite(values)]
        if values.size:
            low, high = min(low, float(values.min())), max(high, float(values.max()))
    return (low, high) if low <= high else (0.0, 1.0)


def _without_alpha(image: Image.Image) -> Image.Image:
    if image.mode == "LA":
        return image.getchannel("L")
    return image.convert("RGB") if image.mode == "RGBA" else image


def _srgb_transform(sample: Image.Image, icc_profile: bytes | None) -> tuple[ImageCms.ImageCmsTransform | None, bool]:
    """Return the transform from a picture's colours to sRGB, or None if the pixels are sRGB as they are.

    Also returns whether the profile could be used; true without a profile.

    Args:
        sample: A picture of the same mode without alpha.
        icc_profile: The embedded profile, if any; it may be damaged.
    """
    if not icc_profile:
        return None, True
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc_profile))
        mode = _PROFILE_MODES.get(profile.profile.xcolor_space.strip())
        if mode is None or (mode != sample.mode and (sample.mode, mode) != ("L", "RGB")):
            return None, False
        transform = ImageCms.buildTransform(
            profile,
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        return (None if mode == "RGB" and _changes_nothing(transform) else transform), True
    except Exception:
        # Profiles are often damaged, and showing the picture matters more than its exact shade.
        return None, False


def _changes_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    """Return whether a transform changes colours only by rounding: the profile is one of the many sRGB profiles."""
    levels = np.linspace(0, 255, 9).astype(np.uint8)
    probe = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(27, 27, 3)
    after = np.asarray(transform.apply(Image.fromarray(probe)))
    return int(np.abs(after.astype(np.int16) - probe).max()) <= 2
