"""Add metadata from files: the source of a date, ratings, titles, descriptions and keywords.

The files of known pictures are read again at the next import. Until then only their dates are known, which all came
from EXIF's DateTimeOriginal.
"""

from __future__ import annotations

STEP = """
ALTER TABLE image ADD COLUMN taken_source TEXT;
ALTER TABLE image ADD COLUMN rating INTEGER;
ALTER TABLE image ADD COLUMN title TEXT;
ALTER TABLE image ADD COLUMN description TEXT;
ALTER TABLE image ADD COLUMN stated_mark TEXT NOT NULL DEFAULT '';
UPDATE image SET taken_source = 'exif' WHERE taken IS NOT NULL;
CREATE INDEX image_rating ON image (rating);

CREATE TABLE file_tag (
    image INTEGER NOT NULL REFERENCES image ON DELETE CASCADE,
    term INTEGER NOT NULL REFERENCES term,
    owned INTEGER NOT NULL,
    PRIMARY KEY (image, term)
) STRICT, WITHOUT ROWID;
CREATE INDEX file_tag_term ON file_tag (term);
"""
