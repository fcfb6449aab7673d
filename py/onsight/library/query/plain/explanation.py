"""Say why a picture was found: a sentence for each plain word."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from onsight.core.folding import search_key
from onsight.core.texts import plural, text
from onsight.core.wording import percent
from onsight.library.query.plain.evidence import CLOSE, Gatherer
from onsight.library.query.plain.phrases import Wanted

_SELECT = """
WITH wanted (term, weight) AS MATERIALIZED (SELECT CAST(key AS INTEGER), value FROM json_each(:terms))
SELECT kind, name, score, weight FROM (
    SELECT 'own' AS kind, wanted.term, 1.0 AS score, weight FROM wanted JOIN user_tag USING (term) WHERE image = :image
    UNION ALL
    SELECT 'tag', wanted.term, score, weight FROM wanted JOIN tag USING (term) WHERE image = :image
    UNION ALL
    SELECT 'box', wanted.term, score, weight FROM wanted JOIN box USING (term) WHERE image = :image
    UNION ALL
    SELECT 'label', wanted.term, label_score, weight FROM wanted JOIN image ON label_term = wanted.term
        WHERE image.id = :image
) AS seen JOIN term ON term.id = seen.term
WHERE NOT EXISTS (SELECT 1 FROM rejected WHERE rejected.term = seen.term AND rejected.image = :image)
ORDER BY score * weight DESC, kind = 'tag' DESC
"""


def explain(wanted: Sequence[Wanted], image: int, gatherer: Gatherer, connection: sqlite3.Connection) -> list[str]:
    """Return a sentence about each thing that plain words ask for.

    Args:
        wanted: What the words ask for.
        image: Id of the picture.
        gatherer: Gathers the evidence.
        connection: The library's connection.
    """
    return [_sentence(one, image, gatherer, connection) for one in wanted]


def _sentence(wanted: Wanted, image: int, gatherer: Gatherer, connection: sqlite3.Connection) -> str:
    words = wanted.text
    targets = gatherer.targets(wanted)
    weights = {term: target.weight for target in reversed(targets) for terms in target.terms for term in terms}
    rows = connection.execute(_SELECT, {"terms": json.dumps(gatherer.expand(weights)), "image": image}).fetchall()
    in_texts = image in gatherer.in_texts(wanted)
    if wanted.negated:
        if not rows:
            return text("“{words}”: not there, as you asked.", words=words)
        return text(
            "“{words}”: probably not there, as you asked; {name} has only {score}.",
            words=words,
            name=rows[0]["name"],
            score=percent(rows[0]["score"]),
        )
    if in_texts:
        return text("“{words}”: in its name, folder, caption, camera or your own tags.", words=words)
    if wanted.is_filler:
        return text("“{words}”: says nothing about tags and was ignored.", words=words)
    if not rows:
        return text("“{words}”: nothing in this picture.", words=words)
    if wanted.count:
        boxes = [row for row in rows if row["kind"] == "box" and row["weight"] >= CLOSE]
        if boxes:
            counted = plural(len(boxes), "{count} detected object", "{count} detected objects")
            return text("“{words}”: {counted}, {name}.", words=words, counted=counted, name=boxes[0]["name"])
    # Outdoors says more about "outside" than a kind of it, such as Mountains.
    best = rows[0]["score"] * rows[0]["weight"]
    named = (row for row in rows if search_key(row["name"]) in weights)
    return _best(words, next((row for row in named if row["score"] * row["weight"] >= 0.8 * best), rows[0]))


def _best(words: str, row: sqlite3.Row) -> str:
    name, score = row["name"], percent(row["score"])
    if row["kind"] == "own":
        return text("“{words}”: your tag {name}.", words=words, name=name)
    if row["weight"] < CLOSE:
        return text("“{words}”: related to {name}, {score}.", words=words, name=name, score=score)
    if row["kind"] == "box":
        return text("“{words}”: {name}, a detected object, {score}.", words=words, name=name, score=score)
    if row["kind"] == "label":
        return text("“{words}”: {name}, the label, {score}.", words=words, name=name, score=score)
    return text("“{words}”: {name}, a tag, {score}.", words=words, name=name, score=score)
