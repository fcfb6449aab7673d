"""Add the tables by which copies of a picture are found and ranked.

Signatures are computed from thumbnails when they are first needed; see `onsight.library.signatures`.
"""

from __future__ import annotations

STEP = """
CREATE TABLE signature (
    image INTEGER PRIMARY KEY REFERENCES image ON DELETE CASCADE,
    data BLOB
) STRICT;

CREATE TABLE provenance (
    image INTEGER PRIMARY KEY REFERENCES image ON DELETE CASCADE,
    software TEXT,
    quality INTEGER
) STRICT;

CREATE TRIGGER thumbnail_comes AFTER INSERT ON thumbnail BEGIN
    DELETE FROM signature WHERE image = new.image;
END;
CREATE TRIGGER thumbnail_changes AFTER UPDATE ON thumbnail BEGIN
    DELETE FROM signature WHERE image = new.image;
END;
"""
