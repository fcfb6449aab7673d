"""onsight.tools.tag.salience: what people mention."""

from __future__ import annotations

import pytest

from onsight.core.results import ImageInfo
from onsight.errors import InvalidSpecError
from onsight.evidence.vocabulary import Vocabulary
from onsight.tools.tag.results import Tag
from onsight.tools.tag.salience import COLUMNS, DEFAULT, ROLES, Salience, area_of, read_roles

HEADER = "\t".join(COLUMNS)
IMAGE = ImageInfo(100, 100, "JPEG")


def tag(id: str, *boxes: tuple[float, float, float, float], parents: tuple[str, ...] = ()) -> Tag:
    return Tag(id, id.capitalize(), "Objects", 0.9, 0.5, False, parents, "detector", boxes, None)


def test_the_packaged_table_knows_the_vocabulary() -> None:
    salience = Salience.load()
    assert salience.slope > 0
    assert sum(id in salience.rows for id in Vocabulary.load().ids) > 100
    assert {"wall", "hand", "clothing", "fabric", "wood", "soil", "household", "leisure", "transport", "face"} <= {
        id for id in salience.rows if salience.role_of(id) == "filler"
    }
    assert salience.rows["dog"].mentioned > 0.9 > 0.2 > salience.rows["sky"].mentioned


def test_large_things_are_mentioned_more_often() -> None:
    salience = Salience.from_tsv(f"{HEADER}\n*\t0.5\t\t\t\ncar\t0.5\t0.2\t0.1\t\nsky\t0.1\t0.1\t\t\n")
    small, usual, large = (salience.of(tag("car", (0, 0, side, side)), IMAGE) for side in (10, 31.6228, 90))
    assert small < usual < large
    assert usual == pytest.approx(0.5, abs=1e-3)
    assert salience.of(tag("car"), IMAGE) == 0.5
    assert salience.of(tag("sky", (0, 0, 1, 1)), IMAGE) == 0.1


def test_a_tag_that_is_not_in_the_table_counts_as_its_nearest_broader_one() -> None:
    salience = Salience.from_tsv(f"{HEADER}\ndog\t0.9\t0.3\t\t\n")
    assert salience.of(tag("poodle", parents=("Mammal", "Dog")), IMAGE) == 0.9
    assert salience.of(tag("gizmo"), IMAGE) == DEFAULT


def test_area_is_that_of_the_largest_box() -> None:
    assert area_of(tag("car", (0, 0, 10, 10), (0, 0, 50, 40)), IMAGE) == pytest.approx(0.2)
    assert area_of(tag("car"), IMAGE) == 0


@pytest.mark.parametrize(
    "rows",
    [
        "",
        "dog\t0.9\n",
        "dog\tmany\t\t\n",
        "dog\t1.5\t\t\n",
        "dog\t0.5\t3\t\n",
        "dog\t0.5\t\tboss\n",
        "a\t0.5\t\t\n" * 2,
    ],
)
def test_a_malformed_table_is_refused(rows: str) -> None:
    with pytest.raises(InvalidSpecError):
        Salience.from_tsv(f"{HEADER}\n{rows}" if rows else "")


def test_roles_are_read_from_the_table() -> None:
    assert read_roles(f"# note\n{HEADER}\nwall\t0.1\t0.1\t\tfiller\ndog\t0.9\t0.3\t\t\n") == {"wall": "filler"}
    assert "filler" in ROLES
