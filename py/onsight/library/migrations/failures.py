"""Failures that were Onsight's own are forgotten; those of files name the version that could not open them."""

STEP = """
DELETE FROM failure
WHERE code NOT IN ('empty_file', 'not_an_image', 'unsupported_format', 'corrupt_image', 'image_too_large');
ALTER TABLE failure ADD COLUMN onsight TEXT NOT NULL DEFAULT '';
"""
"""An older version recorded what went wrong in the engine as failures of the files, which later imports skipped. What
remains is listed until the next import, which tries those files again: this version may open them."""
