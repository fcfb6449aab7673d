"""How likely people are to mention a tag when they describe a picture.

``data/salience.tsv`` gives for each tag how often captions mention it where it applies. Large things are mentioned more
often than small ones. ``models/tagger/salience.py`` learns the table.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from onsight.core.results import ImageInfo
from onsight.errors import InvalidSpecError
from onsight.evidence.vocabulary import GROUPS, Vocabulary
from onsight.tools.tag.corners import area
from onsight.tools.tag.results import Tag

COLUMNS = ("id", "mentioned", "first", "area", "role")

ROLES = ("", "filler", "kind")
"""What else is known of a tag. ``"filler"``: it says little unless nothing else applies. ``"kind"``: a tag of the photo
style that says what the picture is, such as a screenshot."""

DEFAULT = 0.1
"""How often a tag is mentioned if neither it nor a broader one is in the table."""

DEFAULT_FIRST = 0.05
"""How often such a tag is named first."""

GROUP_ID = "group:"
"""Begins the ids of rows that say how often a specific thing of a group is named first."""

SLOPE_ID = "*"
"""Id of the row whose number is the slope by the area."""


@dataclass(frozen=True, slots=True)
class SalienceRow:
    """One row of the table.

    Attributes:
        mentioned: Share of the captions that mention the tag where it applies, in (0, 1).
        first: Share of the pictures with the tag of which a person names it first, in (0, 1).
        area: Part of the picture that its largest box covers as a rule; None if it has no boxes.
        role: One of `ROLES`.
    """

    mentioned: float
    first: float
    area: float | None
    role: str


class Salience:
    """The table.

    Attributes:
        rows: The rows by the tag's id.
        slope: By how much the log odds of a mention grow with the logarithm of the area.
        group_firsts: How often a specific thing is named first, by the displayed name of its group.
    """

    def __init__(
        self, rows: Mapping[str, SalienceRow], slope: float, group_firsts: Mapping[str, float] = MappingProxyType({})
    ) -> None:
        self.rows = MappingProxyType(dict(rows))
        self.slope = slope
        self.group_firsts = MappingProxyType(dict(group_firsts))
        self._ids = {entry.label: entry.id for entry in Vocabulary.load()}

    @classmethod
    def load(cls) -> Salience:
        """Return the packaged table, read once."""
        return _packaged()

    @classmethod
    def from_tsv(cls, text: str) -> Salience:
        """Read and check a table of `COLUMNS`.

        Raises:
            InvalidSpecError: A row is malformed or repeated.
        """
        rows: dict[str, SalienceRow] = {}
        groups: dict[str, float] = {}
        slope = 0.0
        for id, mentioned, first, usual_area, role in _cells(text):
            try:
                number, begins = float(mentioned or 0), float(first or 0)
                size = float(usual_area) if usual_area else None
            except ValueError as error:
                raise InvalidSpecError(f"The salience of {id} is not a number: {error}.") from error
            if id == SLOPE_ID:
                slope = number
                continue
            if id.startswith(GROUP_ID) and (group := GROUPS.get(id.removeprefix(GROUP_ID))):
                groups[group] = begins
                continue
            in_range = 0 < number < 1 and 0 < begins < 1 and (size is None or 0 < size <= 1)
            if id in rows or not in_range or role not in ROLES:
                raise InvalidSpecError(f"The salience of {id} is repeated, out of range or has an unknown role.")
            rows[id] = SalienceRow(number, begins, size, role)
        return cls(rows, slope, groups)

    def role_of(self, id: str) -> str:
        """Return the role of a tag, one of `ROLES`."""
        row = self.rows.get(id)
        return row.role if row else ""

    def of(self, tag: Tag, image: ImageInfo) -> float:
        """Return how likely a person is to mention a tag, in (0, 1), if it applies.

        Args:
            tag: The tag. If it is not in the table, its nearest broader tag stands in for it.
            image: The picture.
        """
        row = self._row_of(tag)
        return self._sized(row.mentioned, row, tag, image) if row else DEFAULT

    def first_of(self, tag: Tag, image: ImageInfo) -> float:
        """Return how likely a person is to name a tag first, in (0, 1), if it applies; arguments as for `of`."""
        row = self._row_of(tag)
        first = self._sized(row.first, row, tag, image) if row else DEFAULT_FIRST
        # Broader tags are rarely named first where there is a specific name, such as a kind of animal.
        return first if tag.id in self.rows else max(first, self.group_firsts.get(tag.group, 0.0))

    def _row_of(self, tag: Tag) -> SalienceRow | None:
        broader = (self._ids.get(name, "") for name in tag.parents)
        return next((self.rows[id] for id in (tag.id, *broader) if id in self.rows), None)

    def _sized(self, rate: float, row: SalienceRow, tag: Tag, image: ImageInfo) -> float:
        if row.area is None or not tag.boxes:
            return rate
        odds = math.log(rate / (1 - rate))
        odds += self.slope * math.log(max(area_of(tag, image), 1e-4) / row.area)
        return 1 / (1 + math.exp(-odds))


def area_of(tag: Tag, image: ImageInfo) -> float:
    """Return the part of the picture that the largest box of a tag covers, in [0, 1]; 0 without boxes."""
    return min(1.0, max(map(area, tag.boxes), default=0.0) / (image.width * image.height))


def read_roles(text: str) -> dict[str, str]:
    """Return the roles in the text of a table, by id."""
    return {id: role for id, *_, role in _cells(text) if role}


def _cells(text: str) -> list[tuple[str, str, str, str, str]]:
    lines = [line.split("\t") for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines or tuple(lines[0]) != COLUMNS or any(len(line) != len(COLUMNS) for line in lines):
        raise InvalidSpecError(f"The salience must be a table with the columns {', '.join(COLUMNS)}.")
    return [(id, mentioned, first, area, role) for id, mentioned, first, area, role in lines[1:]]


@cache
def _packaged() -> Salience:
    return Salience.from_tsv(files("onsight").joinpath("data", "salience.tsv").read_text(encoding="utf-8"))
