"""Create the tables of version 1."""

from __future__ import annotations

STEP = """
CREATE TABLE model (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    UNIQUE (name, version)
) STRICT;

CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    started TEXT NOT NULL,
    onsight TEXT NOT NULL
) STRICT;

CREATE TABLE run_model (
    run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    model INTEGER NOT NULL REFERENCES model,
    PRIMARY KEY (run, model)
) STRICT, WITHOUT ROWID;

CREATE TABLE term (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    folded TEXT NOT NULL UNIQUE,
    tag_group TEXT,
    known INTEGER NOT NULL,
    key TEXT,
    parents TEXT NOT NULL DEFAULT '[]'
) STRICT;

CREATE TABLE alias (
    folded TEXT NOT NULL,
    term INTEGER NOT NULL REFERENCES term ON DELETE CASCADE,
    PRIMARY KEY (folded, term)
) STRICT, WITHOUT ROWID;

CREATE TABLE broader (
    ancestor INTEGER NOT NULL REFERENCES term ON DELETE CASCADE,
    term INTEGER NOT NULL REFERENCES term ON DELETE CASCADE,
    PRIMARY KEY (ancestor, term)
) STRICT, WITHOUT ROWID;
CREATE INDEX broader_term ON broader (term);

CREATE TABLE image (
    id INTEGER PRIMARY KEY,
    folder TEXT NOT NULL,
    name TEXT NOT NULL,
    hash TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    format TEXT NOT NULL,
    perceptual_hash INTEGER,
    label TEXT NOT NULL,
    label_term INTEGER REFERENCES term,
    label_score REAL NOT NULL,
    category TEXT NOT NULL,
    path TEXT NOT NULL,
    candidates TEXT NOT NULL,
    orientation TEXT NOT NULL,
    lightness REAL NOT NULL,
    contrast REAL NOT NULL,
    sharpness REAL NOT NULL,
    taken TEXT,
    camera TEXT,
    lens TEXT,
    focal_length_mm REAL,
    aperture REAL,
    exposure_s REAL,
    iso INTEGER,
    has_location INTEGER NOT NULL,
    detected INTEGER NOT NULL,
    added TEXT NOT NULL,
    run INTEGER NOT NULL REFERENCES run,
    UNIQUE (folder, name)
) STRICT;
CREATE INDEX image_hash ON image (hash);
CREATE INDEX image_size ON image (size);
CREATE INDEX image_label ON image (label_term, label_score);
CREATE INDEX image_category ON image (category, label_score);
CREATE INDEX image_taken ON image (taken);

CREATE TABLE thumbnail (
    image INTEGER PRIMARY KEY REFERENCES image ON DELETE CASCADE,
    data BLOB NOT NULL
) STRICT;

CREATE TABLE embedding (
    image INTEGER PRIMARY KEY REFERENCES image ON DELETE CASCADE,
    data BLOB NOT NULL
) STRICT;

CREATE TABLE colour (
    image INTEGER NOT NULL REFERENCES image ON DELETE CASCADE,
    colour TEXT NOT NULL,
    name TEXT NOT NULL,
    hex TEXT NOT NULL,
    share REAL NOT NULL,
    PRIMARY KEY (image, colour)
) STRICT, WITHOUT ROWID;
CREATE INDEX colour_share ON colour (colour, share);

CREATE TABLE tag (
    term INTEGER NOT NULL REFERENCES term,
    image INTEGER NOT NULL REFERENCES image ON DELETE CASCADE,
    score REAL NOT NULL,
    shown INTEGER NOT NULL,
    position INTEGER NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (term, image)
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_image ON tag (image);

CREATE TABLE box (
    id INTEGER PRIMARY KEY,
    image INTEGER NOT NULL REFERENCES image ON DELETE CASCADE,
    term INTEGER NOT NULL REFERENCES term,
    label TEXT NOT NULL,
    score REAL NOT NULL,
    x1 REAL NOT NULL,
    y1 REAL NOT NULL,
    x2 REAL NOT NULL,
    y2 REAL NOT NULL
) STRICT;
CREATE INDEX box_image ON box (image);
CREATE INDEX box_term ON box (term, image);

CREATE TABLE user_tag (
    term INTEGER NOT NULL REFERENCES term,
    image INTEGER NOT NULL REFERENCES image ON DELETE CASCADE,
    PRIMARY KEY (term, image)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_tag_image ON user_tag (image);

CREATE TABLE rejected (
    term INTEGER NOT NULL REFERENCES term,
    image INTEGER NOT NULL REFERENCES image ON DELETE CASCADE,
    PRIMARY KEY (term, image)
) STRICT, WITHOUT ROWID;
CREATE INDEX rejected_image ON rejected (image);

CREATE TABLE edit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    made TEXT NOT NULL,
    action TEXT NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE edit_step (
    edit INTEGER NOT NULL REFERENCES edit ON DELETE CASCADE,
    step INTEGER NOT NULL,
    image INTEGER NOT NULL REFERENCES image ON DELETE CASCADE,
    target TEXT NOT NULL,
    term INTEGER NOT NULL REFERENCES term,
    added INTEGER NOT NULL,
    PRIMARY KEY (edit, step, image)
) STRICT, WITHOUT ROWID;
CREATE INDEX edit_step_image ON edit_step (image);

CREATE TABLE failure (
    folder TEXT NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    happened TEXT NOT NULL,
    PRIMARY KEY (folder, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE saved_search (
    name TEXT PRIMARY KEY,
    query TEXT NOT NULL,
    saved TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE image_text USING fts5 (
    name, folder, camera, lens, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
CREATE VIRTUAL TABLE term_text USING fts5 (
    name, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);

CREATE TRIGGER image_comes AFTER INSERT ON image BEGIN
    INSERT INTO image_text (rowid, name, folder, camera, lens)
    VALUES (new.id, new.name, new.folder, new.camera, new.lens);
END;
CREATE TRIGGER image_changes AFTER UPDATE OF name, folder, camera, lens ON image BEGIN
    UPDATE image_text SET name = new.name, folder = new.folder, camera = new.camera, lens = new.lens
    WHERE rowid = new.id;
END;
CREATE TRIGGER image_goes AFTER DELETE ON image BEGIN
    DELETE FROM image_text WHERE rowid = old.id;
END;
CREATE TRIGGER term_comes AFTER INSERT ON term BEGIN
    INSERT INTO term_text (rowid, name) VALUES (new.id, new.name);
END;
CREATE TRIGGER term_goes AFTER DELETE ON term BEGIN
    DELETE FROM term_text WHERE rowid = old.id;
END;
"""
