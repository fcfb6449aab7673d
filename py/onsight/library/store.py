"""Read and write the pictures of a library; each picture is written in one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from onsight import __version__
from onsight.core.results import Box, ImageInfo
from onsight.errors import OnsightError
from onsight.evidence.detected_classes import DetectedClasses
from onsight.evidence.vocabulary import GROUPS
from onsight.library.database import Library, now
from onsight.library.records import PictureRecord, Source
from onsight.library.signatures import write_signature
from onsight.tools.tag.results import Tag
from onsight.tools.tag.selection import arrange

MIN_SCORE = 0.2
"""Minimum score at which hidden tags are stored, so that a search can ask for less certain tags."""


@dataclass(frozen=True, slots=True)
class Known:
    """A picture of the library, and its file.

    Attributes:
        image: Id of the picture.
        source: The file as it was last seen.
        hash: SHA-256 of the file's content.
        models: Versions of the models that analysed the picture, by id.
        missing: Whether the file is missing: another picture's file is at its path, and it was not found elsewhere.
    """

    image: int
    source: Source
    hash: str
    models: Mapping[str, str]
    missing: bool = False


def begin_run(library: Library, models: Mapping[str, str]) -> int:
    """Record the start of an analysis run; return the run's id.

    Args:
        library: The library.
        models: Versions of the models, by id.
    """
    with library.transaction() as connection:
        (run,) = connection.execute(
            "INSERT INTO run (started, onsight) VALUES (?, ?) RETURNING id", (now(), __version__)
        ).fetchone()
        for name, version in models.items():
            connection.execute("INSERT OR IGNORE INTO model (name, version) VALUES (?, ?)", (name, version))
            connection.execute(
                "INSERT INTO run_model SELECT ?, id FROM model WHERE name = ? AND version = ?", (run, name, version)
            )
    return int(run)


def record(library: Library, source: Source, look: PictureRecord, run: int, *, image: int | None = None) -> int:
    """Write a picture with its analysis results. Another picture at the same path is marked as missing.

    Args:
        library: The library.
        source: The file.
        look: The analysis results.
        run: Id of the run, from `begin_run`.
        image: Id of the known picture if its file has changed or is analysed again; the user's tags and rejections
            are kept. None updates the picture at this path if it has the same content, and otherwise adds a picture.

    Returns:
        The picture's id.
    """
    with library.transaction() as connection:
        if image is None:
            there = find(library, source.folder, source.name)
            image = there.image if there and there.hash == look.hash else None
        _make_way(connection, source, image)
        image = _write_image(library, source, look, run, image)
        for table in ("tag", "box", "colour"):
            connection.execute(f"DELETE FROM {table} WHERE image = ?", (image,))
        connection.execute("INSERT OR REPLACE INTO thumbnail VALUES (?, ?)", (image, look.thumbnail))
        write_signature(connection, image, look.thumbnail)
        connection.execute(
            "INSERT OR REPLACE INTO provenance VALUES (?, ?, ?)",
            (image, look.provenance.software, look.provenance.quality),
        )
        connection.execute("INSERT OR REPLACE INTO embedding VALUES (?, ?)", (image, look.embedding.tobytes()))
        connection.executemany(
            "INSERT INTO colour VALUES (?, ?, ?, ?, ?)",
            ((image, one.id, one.name, one.hex, one.share) for one in look.tagging.colours),
        )
        connection.executemany(
            "INSERT OR IGNORE INTO tag VALUES (?, ?, ?, ?, ?, ?)",
            (
                (library.terms.ensure_tag(tag), image, tag.score, int(tag.applies), position, tag.source)
                for position, tag in enumerate(look.tagging.tags)
                if tag.applies or tag.score >= MIN_SCORE
            ),
        )
        if look.detection:
            names = DetectedClasses.load()
            connection.executemany(
                "INSERT INTO box (image, term, label, score, x1, y1, x2, y2) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        image,
                        library.terms.ensure(names.name(box.label)),
                        box.label,
                        box.score,
                        box.x1,
                        box.y1,
                        box.x2,
                        box.y2,
                    )
                    for box in look.detection.boxes
                ),
            )
        _forget_failure(connection, source)
    return image


def record_failure(library: Library, source: Source, error: OnsightError) -> None:
    """Record that a file could not be opened, and why. Earlier data, including the user's tags, are kept."""
    with library.transaction() as connection:
        _forget_failure(connection, source)
        connection.execute(
            "INSERT OR REPLACE INTO failure (folder, name, size, mtime_ns, code, message, happened, onsight) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (source.folder, source.name, source.size, source.mtime_ns, error.code, error.message, now(), __version__),
        )


def failures(library: Library) -> list[sqlite3.Row]:
    """Return the files that could not be opened, by folder and name.

    Each row has the columns ``folder, name, size, mtime_ns, code, message, happened, onsight``.
    """
    return library.connection.execute("SELECT * FROM failure ORDER BY folder, name").fetchall()


def failure_of(library: Library, source: Source) -> sqlite3.Row | None:
    """Return the row for exactly this file if this version of Onsight could not open it before, or None."""
    row: sqlite3.Row | None = library.connection.execute(
        "SELECT * FROM failure WHERE folder = ? AND name = ? AND size = ? AND mtime_ns = ? AND onsight = ?",
        (source.folder, source.name, source.size, source.mtime_ns, __version__),
    ).fetchone()
    return row


def find(library: Library, folder: str, name: str) -> Known | None:
    """Return the picture whose file is at a path, or None."""
    return next(_known(library, "folder = ? AND name = ? AND NOT missing", (folder, name)), None)


def at_place(library: Library, source: Source) -> list[Known]:
    """Return the pictures that are or were at a place: the current one first, then the missing ones, latest first.

    Pictures whose paths differ only in case or Unicode normalisation come last.
    """
    found = _known(library, "place = ?", (source.place,))

    def order(known: Known) -> tuple[bool, bool, int]:
        is_exact = known.source.path == source.path
        return not is_exact, known.missing, -known.image

    return sorted(found, key=order)


def find_content(library: Library, hash: str) -> list[Known]:
    """Return all pictures with this content, in the order in which they were added."""
    return list(_known(library, "hash = ?", (hash,)))


def has_size(library: Library, size: int) -> bool:
    """Return whether any picture's file has this size. If not, no picture can have the same content."""
    return library.connection.execute("SELECT 1 FROM image WHERE size = ?", (size,)).fetchone() is not None


def count_missing(library: Library) -> int:
    """Return the number of missing pictures, whose paths other pictures' files have taken."""
    (count,) = library.connection.execute("SELECT count(*) FROM image WHERE missing").fetchone()
    return int(count)


def touch(library: Library, image: int, source: Source) -> None:
    """Record that a picture's file has a new path or date, but the same content.

    Another picture at the new path is marked as missing.
    """
    with library.transaction() as connection:
        _make_way(connection, source, image)
        # The new name may contain a date, and other files may be next to it, so the metadata must be read again.
        connection.execute(
            "UPDATE image SET folder = :folder, name = :name, size = :size, mtime_ns = :mtime_ns, place = :place, "
            "missing = 0, stated_mark = CASE WHEN place = :place THEN stated_mark ELSE '' END "
            "WHERE id = :id",
            {**_place_columns(source), "id": image},
        )
        _forget_failure(connection, source)


def merge(library: Library, image: int, into: int) -> None:
    """Merge a picture into another: move the user's tags, rejections and edit history, then delete the picture."""
    if image == into:
        return
    with library.transaction() as connection:
        for statement in (
            "INSERT OR IGNORE INTO user_tag SELECT term, :into FROM user_tag WHERE image = :image",
            "INSERT OR IGNORE INTO rejected SELECT term, :into FROM rejected WHERE image = :image "
            "AND term NOT IN (SELECT term FROM user_tag WHERE image = :into)",
            "UPDATE OR IGNORE edit_step SET image = :into WHERE image = :image",
            "DELETE FROM image WHERE id = :image",
        ):
            connection.execute(statement, {"image": image, "into": into})


def copy(library: Library, image: int, source: Source, *, into: int | None = None) -> int:
    """Write a picture for a file that has the same content as a known picture; return the written picture's id.

    The analysis results are copied. The user's own tags are not.

    Args:
        library: The library.
        image: Id of the picture with this content.
        source: The file. Another picture at its path is marked as missing.
        into: Id of a known picture whose file now has this content; it keeps its user tags. None adds a picture.
    """
    with library.transaction() as connection:
        _make_way(connection, source, into)
        given = {**_place_columns(source), "missing": 0, "added": now(), "stated_mark": ""}
        columns = [row["name"] for row in connection.execute("PRAGMA table_info(image)") if row["name"] != "id"]
        if into is None:
            values = ", ".join(f":{column}" if column in given else column for column in columns)
            (new,) = connection.execute(
                f"INSERT INTO image ({', '.join(columns)}) SELECT {values} FROM image WHERE id = :id RETURNING id",
                {**given, "id": image},
            ).fetchone()
        else:
            new = into
            changing = ", ".join(
                f"{column} = :{column}" if column in given else f"{column} = other.{column}"
                for column in columns
                if column != "added"
            )
            connection.execute(
                f"UPDATE image SET {changing} FROM (SELECT * FROM image WHERE id = :id) AS other "
                "WHERE image.id = :into",
                {**given, "id": image, "into": into},
            )
        ids = {"new": new, "old": image}
        for table, rest in (
            ("thumbnail", "data"),
            ("embedding", "data"),
            ("signature", "data"),
            ("provenance", "software, quality"),
            ("colour", "colour, name, hex, share"),
            ("tag", "term, score, shown, position, source"),
            ("box", "term, label, score, x1, y1, x2, y2"),
        ):
            connection.execute(f"DELETE FROM {table} WHERE image = :new", ids)
            connection.execute(
                f"INSERT INTO {table} (image, {rest}) SELECT :new, {rest} FROM {table} WHERE image = :old", ids
            )
        _forget_failure(connection, source)
    return int(new)


def remove(library: Library, images: list[int]) -> int:
    """Delete pictures and all their data from the library; return how many were deleted."""
    with library.transaction() as connection:
        return connection.execute(
            "DELETE FROM image WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(images),)
        ).rowcount


def tags_of(library: Library, image: int) -> tuple[Tag, ...]:
    """Return the tags that apply: the user's own, then Onsight's that they did not reject; those to show come first."""
    rows = library.connection.execute(
        """
        SELECT term.*, 1.0 AS score, 'user' AS source, -1 AS position
        FROM user_tag JOIN term ON term.id = term WHERE image = :image
        UNION ALL
        SELECT term.*, score, source, position
        FROM tag JOIN term ON term.id = term
        WHERE image = :image AND shown
            AND term NOT IN (SELECT term FROM rejected WHERE image = :image)
            AND term NOT IN (SELECT term FROM user_tag WHERE image = :image)
        ORDER BY position, name
        """,
        {"image": image},
    ).fetchall()
    boxes = DetectedClasses.load().boxes_by_tag(boxes_of(library, image))
    tags = [
        Tag(
            id=row["key"] or f"user:{row['name']}",
            name=row["name"],
            group=row["tag_group"] or GROUPS["own"],
            score=row["score"],
            threshold=0.0,
            shown=True,
            parents=tuple(json.loads(row["parents"])),
            source=row["source"],
            boxes=tuple((box.x1, box.y1, box.x2, box.y2) for box in boxes.get(row["key"], ())),
            heat_map=None,
        )
        for row in rows
    ]
    size = library.connection.execute("SELECT width, height, format FROM image WHERE id = ?", (image,)).fetchone()
    return arrange(tags, ImageInfo(*size)) if tags else ()


def boxes_of(library: Library, image: int) -> tuple[Box, ...]:
    """Return the detected objects of a picture, most probable first."""
    rows = library.connection.execute(
        "SELECT label, score, x1, y1, x2, y2 FROM box WHERE image = ? ORDER BY id", (image,)
    )
    return tuple(
        Box(label, score, x1, y1, x2, y2, number) for number, (label, score, x1, y1, x2, y2) in enumerate(rows, 1)
    )


def _place_columns(source: Source) -> dict[str, str | int]:
    return {**asdict(source), "place": source.place}


def _make_way(connection: sqlite3.Connection, source: Source, image: int | None) -> None:
    """Mark another picture at this path as missing; its data are kept."""
    connection.execute(
        "UPDATE image SET missing = 1 WHERE folder = ? AND name = ? AND NOT missing AND id IS NOT ?",
        (source.folder, source.name, image),
    )


def _write_image(library: Library, source: Source, look: PictureRecord, run: int, image: int | None) -> int:
    seen, photo = look.classification, look.tagging.photo
    # An uncertain picture has the label "Not sure", which is not a term.
    label_term = library.terms.ensure(seen.label) if seen.certain else None
    values = {
        **_place_columns(source),
        "missing": 0,
        "hash": look.hash,
        "width": seen.image.width,
        "height": seen.image.height,
        "format": seen.image.format,
        "warning": seen.image.warning,
        "perceptual_hash": look.perceptual_hash,
        "label": seen.label,
        "label_term": label_term,
        "label_score": seen.score,
        "category": seen.category,
        "path": json.dumps(seen.path, ensure_ascii=False),
        "candidates": json.dumps([[one.label, one.score] for one in seen.candidates], ensure_ascii=False),
        "orientation": photo.orientation,
        "lightness": photo.lightness,
        "contrast": photo.contrast,
        "sharpness": photo.sharpness,
        "taken": photo.taken,
        "taken_source": photo.taken_source or ("exif" if photo.taken else None),
        "camera": photo.camera,
        "lens": photo.lens,
        "focal_length_mm": photo.focal_length_mm,
        "aperture": photo.aperture,
        "exposure_s": photo.exposure_s,
        "iso": photo.iso,
        "has_location": int(photo.has_location),
        "detected": int(look.detection is not None),
        "added": now(),
        "run": run,
    }
    if image is None:
        (image,) = library.connection.execute(
            f"INSERT INTO image ({', '.join(values)}) VALUES ({', '.join(f':{name}' for name in values)}) RETURNING id",
            values,
        ).fetchone()
        return int(image)
    changing = ", ".join(f"{name} = :{name}" for name in values if name != "added")
    library.connection.execute(f"UPDATE image SET {changing} WHERE id = :id", {**values, "id": image})
    return image


def _forget_failure(connection: sqlite3.Connection, source: Source) -> None:
    """Delete the failures of a file and of its other versions.

    Single files with the same name may be different files, so their other versions keep their failures.
    """
    connection.execute(
        "DELETE FROM failure WHERE folder = :folder AND name = :name AND (size = :size AND mtime_ns = :mtime_ns OR "
        "NOT (folder = '' OR folder IN (SELECT path FROM root WHERE kind = 'files')))",
        asdict(source),
    )


def _known(library: Library, condition: str, values: tuple[str, ...]) -> Iterator[Known]:
    rows = library.connection.execute(
        f"SELECT id, folder, name, size, mtime_ns, hash, run, missing FROM image WHERE {condition} ORDER BY id", values
    ).fetchall()
    for row in rows:
        models = library.connection.execute(
            "SELECT name, version FROM run_model JOIN model ON model.id = model WHERE run = ?", (row["run"],)
        )
        yield Known(
            image=row["id"],
            source=Source(row["folder"], row["name"], row["size"], row["mtime_ns"]),
            hash=row["hash"],
            models={model["name"]: model["version"] for model in models},
            missing=bool(row["missing"]),
        )
