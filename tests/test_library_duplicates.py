"""onsight.library.perceptual, .embedding and .duplicates: what is the same, all but the same, and alike."""

from __future__ import annotations

import io
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageOps

from onsight.errors import InvalidOptionError
from onsight.image import decode
from onsight.library import duplicates
from onsight.library.near import MAX_DISTANCE
from onsight.library.perceptual import distance, near_pairs, perceptual_hash
from tests.library_samples import filled, look
from tests.pictures import encode, photo, sample

PHOTOS = ("chelsea", "coffee", "astronaut", "rocket")


def hashed(data: bytes) -> int:
    bits = perceptual_hash(decode(data))
    assert bits is not None
    return bits


def opened(name: str) -> Image.Image:
    return Image.open(io.BytesIO(sample(name))).convert("RGB")


@pytest.mark.parametrize("name", PHOTOS)
def test_perceptual_hash_survives_what_leaves_the_picture_the_same(name: str) -> None:
    image = opened(name)
    original = hashed(encode(image, "PNG"))
    for changed in (
        encode(image, "JPEG", quality=40),
        encode(image.resize((image.width // 2, image.height // 2)), "PNG"),
        encode(ImageEnhance.Brightness(image).enhance(1.15), "PNG"),
        encode(image.convert("L"), "WEBP"),
    ):
        assert distance(original, hashed(changed)) <= MAX_DISTANCE
    assert distance(original, hashed(encode(ImageOps.mirror(image), "PNG"))) > 20


def test_perceptual_hash_tells_pictures_apart() -> None:
    hashes = [hashed(sample(name)) for name in PHOTOS]
    assert min(distance(one, other) for one, other in combinations(hashes, 2)) > 20


def test_perceptual_hash_fits_sqlite_and_empty_pictures_have_none() -> None:
    assert -(2**63) <= hashed(encode(photo(), "PNG")) < 2**63
    for colour in ("white", "black", "#806040"):
        assert perceptual_hash(decode(encode(Image.new("RGB", (50, 40), colour), "PNG"))) is None


@given(st.data())
def test_near_pairs_are_those_of_brute_force(data: st.DataObject) -> None:
    base = data.draw(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=4))
    flips = st.lists(st.integers(0, 62), max_size=9)
    hashes = {one ^ sum({1 << bit for bit in data.draw(flips)}) for one in base for _ in range(4)}
    limit = data.draw(st.integers(0, 8))
    values = np.array(sorted(hashes), np.int64)
    found = {tuple(sorted(pair)) for pairs in near_pairs(values, limit) for pair in pairs.tolist()}
    truth = {
        (one, other)
        for one, other in combinations(range(len(values)), 2)
        if distance(int(values[one]), int(values[other])) <= limit
    }
    assert found == truth


def test_exact_finds_files_of_one_content() -> None:
    pictures = {
        "a/1.jpg": look(content="one"),
        "b/copy of 1.jpg": look(content="one"),
        "a/2.jpg": look(content="two"),
        "a/3.jpg": look(content="three"),
        "c/3.jpg": look(content="three"),
    }
    with filled(pictures) as library:
        assert [group.images for group in duplicates.exact(library)] == [(1, 2), (4, 5)]
        assert [set(group.images) for group in duplicates.exact(library, [2, 3, 4, 5])] == [{4, 5}]


def test_near_finds_pictures_whose_hashes_nearly_agree() -> None:
    pictures = {
        "1.jpg": look(content="1", perceptual_hash=0b0),
        "2.jpg": look(content="2", perceptual_hash=0b111111),
        "3.jpg": look(content="3", perceptual_hash=0b111111111111),
        "4.jpg": look(content="4", perceptual_hash=-1),
        "5.jpg": look(content="5", perceptual_hash=None),
        "6.jpg": look(content="6", perceptual_hash=None),
        "7.jpg": look(content="5", perceptual_hash=None),
        "8.jpg": look(content="8", perceptual_hash=0b1, size=(300, 400)),
        "9.jpg": look(content="9", perceptual_hash=-1, size=(401, 300)),
    }
    with filled(pictures) as library:
        assert [set(group.images) for group in duplicates.near(library)] == [{1, 2, 3}, {4, 9}, {5, 7}]
        assert [set(group.images) for group in duplicates.near(library, max_distance=5)] == [{4, 9}, {5, 7}]


def test_the_best_is_the_largest_and_then_the_sharpest() -> None:
    pictures = {
        "a.jpg": look(content="a", size=(400, 300), sharpness=0.9),
        "b.jpg": look(content="b", size=(4000, 3000), sharpness=0.3),
        "c.jpg": look(content="c", size=(4000, 3000), sharpness=0.5),
        "d.jpg": look(content="d", size=(800, 600), sharpness=0.5),
    }
    with filled(pictures) as library:
        (group,) = duplicates.near(library)
        assert group.images == (3, 2, 4, 1)
        assert group.best == 3
        assert group.reason == "sharpest"


def test_similar_groups_are_alike_to_their_first() -> None:
    angles = {"1": 0, "2": 20, "3": 40, "4": 90, "5": 95}
    pictures = {
        f"{name}.jpg": look(content=name, embedding=(np.cos(np.radians(angle)), np.sin(np.radians(angle))))
        for name, angle in angles.items()
    }
    with filled(pictures) as library:
        groups = duplicates.similar(library, min_similarity=0.9)
        assert [set(group.images) for group in groups] == [{1, 2}, {4, 5}]
        found = duplicates.similar_to(library, 1, min_similarity=0.5)
        assert [one.image for one in found] == [2, 3]
        assert found[0].similarity == pytest.approx(np.cos(np.radians(20)), abs=1e-3)
        assert [one.image for one in duplicates.similar_to(library, 1, limit=1)] == [2]
        assert [one.image for one in duplicates.similar_to(library, 1, images=[3, 4])] == [3]


def test_similar_agrees_with_brute_force_over_several_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "BLOCK", 7)
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(6, 8))
    vectors = centres[rng.integers(0, 6, 40)] + rng.normal(0, 0.15, (40, 8))
    with filled({f"{n}.jpg": look(content=str(n), embedding=vector) for n, vector in enumerate(vectors)}) as library:
        unit = np.stack(
            [np.frombuffer(row[0], np.float16) for row in library.connection.execute("SELECT data FROM embedding")]
        ).astype(np.float32)
        alike = unit @ unit.T >= 0.9
        left, truth = list(range(40)), []
        while left:
            group = [other for other in left if alike[left[0], other] or other == left[0]]
            left = [other for other in left if other not in group]
            if len(group) > 1:
                truth.append({member + 1 for member in group})
        assert [set(group.images) for group in duplicates.similar(library, min_similarity=0.9)] == truth
        assert len(truth) > 2


def test_nothing_is_like_anything_in_an_empty_library() -> None:
    with filled({}) as library:
        assert duplicates.exact(library) == duplicates.near(library) == duplicates.similar(library) == []
        with pytest.raises(InvalidOptionError, match="no picture 5"):
            duplicates.similar_to(library, 5)


@pytest.mark.parametrize("value", [0, 1.5, "much", True])
def test_similarity_outside_its_range_is_refused(value: object) -> None:
    with filled({}) as library, pytest.raises(InvalidOptionError):
        duplicates.similar(library, min_similarity=value)  # type: ignore[arg-type]
    with filled({}) as library, pytest.raises(InvalidOptionError):
        duplicates.near(library, max_distance=40)
