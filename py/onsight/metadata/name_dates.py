"""Dates in file names from cameras, phones, messengers, and screenshot and scanning programs.

A number counts as a date only in an unambiguous form: day and time together; year, month and day with separators; or
eight digits at the beginning or after a prefix that such programs use. ``DSC01234`` and ``14.07.2020`` (a form that is
ambiguous in ``04.07.2020``) are not dates.
"""

from __future__ import annotations

import re
import unicodedata

from onsight.metadata.dates import date_of, parse_epoch
from onsight.metadata.stated import DateCandidate

_DAY = r"(?<!\d)(?<!\d[-.])(?P<year>(?:18|19|20)\d\d)(?P<sign>[-_.]?)(?P<month>\d\d)(?P=sign)(?P<day>\d\d)"
_HALF_BEFORE = r"(?P<before>上午|下午|午前|午後|오전|오후)?\s*"
_HALF_AFTER = r"(?:\s*(?P<after>[AaPp])\.?[Mm]\.?(?![A-Za-z]))?"
_FRACTION = r"(?:[._-]?\d{1,3})?(?!\d)"
_MOMENTS = (
    # 2020-07-14 at 12.34.56 PM; a word of any language between the two
    re.compile(
        rf"{_DAY}(?:[^\d]{{1,8}}?){_HALF_BEFORE}(?P<hour>\d{{1,2}})(?P<colon>[-_.:])(?P<minute>\d\d)(?P=colon)"
        rf"(?P<second>\d\d){_FRACTION}{_HALF_AFTER}",
        re.ASCII,
    ),
    # 20200714_123456, 20200714T123456, 20200714123456, 2020-07-14-123456
    re.compile(rf"{_DAY}[-_ T]{{0,2}}(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d){_FRACTION}", re.ASCII),
)
_TELEGRAM_DESKTOP = re.compile(
    r"photo_\d+@(?P<day>\d\d)-(?P<month>\d\d)-(?P<year>\d{4})_(?P<hour>\d\d)-(?P<minute>\d\d)-(?P<second>\d\d)",
    re.ASCII,
)
_DAYS = (
    re.compile(_DAY.replace("[-_.]?", "[-_.]") + r"(?!\d)", re.ASCII),
    re.compile(
        r"(?:(?:IMG|VID|STK|PANO|MVIMG|PHOTO|IMAGE|PICTURE|SCREENSHOT|SCREEN|SCAN|SCANNED|WIN|WP|P)[-_ ]?)?"
        r"(?P<year>19[89]\d|20\d\d)(?P<month>\d\d)(?P<day>\d\d)(?![\da-fA-F])",
        re.IGNORECASE | re.ASCII,
    ),
)
"""The second form is only searched at the beginning."""

_PARTS = ("year", "month", "day", "hour", "minute", "second", "half")

_EPOCH = re.compile(
    r"(?:FB_IMG_|mmexport|wx_camera_|microMsg\.|Screenshot_)(\d{10}|\d{13})(?!\d)", re.IGNORECASE | re.ASCII
)
_UTC = re.compile(r"PXL_", re.IGNORECASE)
"""Google's Pixel phones name pictures by UTC time."""

_SUFFIX = re.compile(r"\.(?=[^.]*[A-Za-z])[A-Za-z0-9]{2,5}$")
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "：": ":", "꞉": ":", "∶": ":"})


def date_in_name(name: str) -> DateCandidate | None:
    """Return the date in a file's name, or None.

    Args:
        name: The file's name; its folders are ignored.
    """
    stem = _SUFFIX.sub("", unicodedata.normalize("NFC", name).translate(_SPACES))
    source = "name-utc" if _UTC.match(stem) else "name"
    for pattern in (*_MOMENTS, _TELEGRAM_DESKTOP):
        for found in pattern.finditer(stem):
            parts = found.groupdict()
            parts["half"] = _half(parts.get("before"), parts.get("after"))
            value = date_of(**{name: parts[name] for name in _PARTS})
            if value and _is_time_of_day(parts["hour"]):
                return DateCandidate(value, source)
    if (number := _EPOCH.match(stem)) and (value := parse_epoch(int(number[1][:10]))):
        return DateCandidate(value, "name-utc")
    for day in (_DAYS[0].search(stem), _DAYS[1].match(stem)):
        if day and int(day["month"]) and int(day["day"]) and (value := date_of(day["year"], day["month"], day["day"])):
            return DateCandidate(value, source)
    return None


def _is_time_of_day(hour: str) -> bool:
    return int(hour) < 24


def _half(before: str | None, after: str | None) -> str | None:
    if before:
        return "a" if before in ("上午", "午前", "오전") else "p"
    return after
