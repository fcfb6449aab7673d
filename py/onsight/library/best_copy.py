"""Rank copies of a picture, to find the one from which the others were made.

`REASONS` lists the evidence, strongest first. An unknown property counts neither for nor against a picture.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from onsight.image.encoding import LOSSLESS
from onsight.library.database import Library

REASONS = (
    "not edited",
    "not enlarged",
    "largest",
    "has the camera’s data",
    "not named as a copy",
    "least compressed",
    "oldest file",
    "the way up that most are",
    "sharpest",
    "largest file",
    "shortest path",
)
"""Reasons to keep a picture, as the user sees them, most important first."""

SAME_SIZE = 0.02
"""Pictures whose numbers of pixels differ by less than this share count as equally large."""

GOOD_QUALITY = 88
"""JPEG qualities from this value on count as equal, because a copy may be saved with a higher quality than its
original."""

_EDIT_WORDS = (
    r"enhanced|edit(?:ed)?|retouch(?:ed)?|filter(?:ed)?|sharpened|denoised|up-?scaled|enlarged|resized?|scaled|small"
    r"|thumb(?:nail)?|preview|lowres|low|web|compressed|optimi[sz]ed|min|crop(?:ped)?|mirror(?:ed)?|flip(?:ped)?"
    r"|rotated?|turned|recolou?red|colou?ri[sz]ed|(?:grey|gray)scale|bw|sepia|blur(?:red)?|redacted|boxes|annotated"
    r"|watermark(?:ed)?|export(?:ed)?|bearbeitet|modifi[eé]e?|editad[oa]|modificat[oa]|bewerkt|edytowane"
)
_EDITED = re.compile(
    rf"[\s_.\-(\[+~](?:{_EDIT_WORDS})[\s_\-]?(?:\d{{1,4}}(?:x\d{{1,4}})?|x\d)?[)\]]?$"
    rf"|^(?:{_EDIT_WORDS})[\s_\-(]"
    r"|^img_e\d{4}$"  # an iPhone's name for an edited picture
    r"|[\s_\-](?:\d{2,5}x\d{2,5}|\d{2,5}px|x[234]|[234]x)$"
)
_COPY = re.compile(
    r"\(\d{1,3}\)$"
    r"|[\s_.\-(](?:copy|copie|kopie|copia|kópia|cópia|kopia|kopio|копия|コピー|副本|拷贝|複製|사본|duplicate|backup|bak)"
    r"(?:[\s_\-]?\(?\d{1,3}\)?)?\)?$"
    r"|^(?:copy of|kopie von|copie de|copia de|cópia de)\s"
    # Names that messengers and social networks give to the pictures that they compress.
    r"|^img-\d{8}-wa\d+|^whatsapp[\s_-]image|^photo_\d+|^signal-\d|^received_\d|^fb_img_\d|^telegram|^viber[\s_-]image"
    r"|^mmexport\d|^line_\d|^unnamed|^download(?:$|[\s_(-])|^image\d?$"
)
_ORIGINAL = re.compile(r"(?:^|[\s_.\-(\[])(?:orig|original|originale?s?|master|unedited)(?:$|[\s_.\-)\]])")
_COPY_FOLDERS = re.compile(
    r"\.?thumb(?:nail)?s|edit(?:ed|s)|exports|resized|previews|sent|whatsapp images|telegram|copies|compressed",
    re.IGNORECASE,
)
_EDITORS = re.compile(
    r"photoshop|lightroom|gimp|snapseed|picasa|paint\.net|affinity|darktable|rawtherapee|capture one|luminar|onsight"
    r"|vsco|canva|pixelmator|acdsee|irfanview|imagemagick|facetune|photoscape|polarr|pixlr|fotor|topaz|dxo|google|instagram"
    r"|facebook|microsoft|paint shop|xnview|digikam|krita",
    re.IGNORECASE,
)


def is_named_as_edited(stem: str) -> bool:
    """Return whether a name without its suffix suggests an edited picture: ``cat-enhanced``, ``IMG_E1234``."""
    folded = _folded(stem)
    return bool(_EDITED.search(folded)) and not _ORIGINAL.search(folded)


def rank_of_name(stem: str, folder: str = "") -> int:
    """Return 2 if the name suggests an original, 0 if the name or its folder suggests a copy, otherwise 1."""
    folded = _folded(stem)
    if _ORIGINAL.search(folded):
        return 2
    is_copy = _COPY.search(folded) or _COPY_FOLDERS.fullmatch(PurePosixPath(folder).name)
    return 0 if is_copy else 1


def merits(library: Library, groups: Sequence[Mapping[int, int]]) -> list[dict[int, tuple[Any, ...]]]:
    """Return the merits of each picture within its group; the original has the greatest.

    Args:
        library: The library.
        groups: By picture id, each picture's orientation relative to one picture of the group.

    Returns:
        For each group, by picture id, a tuple with one value per reason in `REASONS`.
    """
    rows = {
        row["id"]: row
        for row in library.connection.execute(
            """
            SELECT image.id, folder, name, width, height, format, camera, exposure_s, taken, sharpness, size, mtime_ns,
                software, quality
            FROM json_each(?) AS wanted JOIN image ON image.id = wanted.value
            LEFT JOIN provenance ON provenance.image = image.id
            """,
            (json.dumps([id for group in groups for id in group]),),
        )
    }
    return [_merits_in([rows[id] for id in group], group) for group in groups]


def _merits_in(rows: Sequence[Any], orientations: Mapping[int, int]) -> dict[int, tuple[Any, ...]]:
    stems = {_stem(row) for row in rows}
    ways_up = Counter(orientations.values())
    by_camera = [row for row in rows if _is_by_camera(row)]
    unedited = [row for row in rows if not _is_edited(row) and rank_of_name(_stem(row), row["folder"])]
    # The frames of a burst are not copies of one another, so their dates do not show which is the original.
    are_frames = len({row["taken"] for row in by_camera if row["taken"]}) > 1
    qualities = {row["id"]: _quality(row) for row in rows}
    return {
        row["id"]: (
            not (_is_edited(row) and any(_is_same_size(one, row) or _times(one, row) for one in unedited)),
            _is_by_camera(row) or not any(_times(one, row) for one in by_camera),
            round(math.log(_pixels(row)) / SAME_SIZE),
            _is_by_camera(row),
            _rank_among(row, stems),
            0 if None in qualities.values() else qualities[row["id"]],
            0 if are_frames else -(row["mtime_ns"] // 2_000_000_000),
            ways_up[orientations[row["id"]]],
            row["sharpness"],
            row["size"],
            -len(f"{row['folder']}/{row['name']}"),
        )
        for row in rows
    }


def _is_by_camera(row: Any) -> bool:
    return bool(row["camera"] or row["exposure_s"])


def _is_edited(row: Any) -> bool:
    return is_named_as_edited(_stem(row)) or bool(_EDITORS.search(row["software"] or ""))


def _pixels(row: Any) -> int:
    return int(row["width"] * row["height"])


def _is_same_size(one: Any, other: Any) -> bool:
    return 0.9 <= _pixels(one) / _pixels(other) <= 1.1  # a smaller copy has less merit anyway


def _times(small: Any, large: Any) -> bool:
    """Return whether ``large`` has exactly two, three or four times the sides of ``small``, as an enlargement has."""
    sides, other_sides = (sorted((row["width"], row["height"])) for row in (small, large))
    return any(all(abs(ours * times - theirs) <= times for ours, theirs in zip(sides, other_sides, strict=True))
               for times in (2, 3, 4))  # fmt: skip


def _rank_among(row: Any, stems: Collection[str]) -> int:
    """Rank a picture's name among the names of its group: from 3 for an original's to 0 for a copy's."""
    rank = rank_of_name(_stem(row), row["folder"])
    if rank != 1:
        return 3 if rank else 0
    stem = _stem(row)
    # "IMG_1-2" and "IMG_1 b" are derived from "IMG_1".
    return 1 if any(stem[: part.start()] in stems for part in re.finditer(r"[\s_.\-(]", stem)) else 2


def _quality(row: Any) -> int | None:
    """Return the JPEG quality up to `GOOD_QUALITY`, which is also that of lossless formats; None if it is unknown."""
    if row["format"] in LOSSLESS:
        return GOOD_QUALITY
    return min(row["quality"], GOOD_QUALITY) if row["quality"] is not None else None


def _stem(row: Any) -> str:
    return _folded(PurePosixPath(row["name"]).stem)


def _folded(stem: str) -> str:
    return unicodedata.normalize("NFC", stem).casefold().strip()
