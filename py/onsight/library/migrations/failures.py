"""Delete failures that were Onsight's own fault, and record the version that could not open a file."""

STEP = """
DELETE FROM failure
WHERE code NOT IN ('empty_file', 'not_an_image', 'unsupported_format', 'corrupt_image', 'image_too_large');
ALTER TABLE failure ADD COLUMN onsight TEXT NOT NULL DEFAULT '';
"""
"""An older version recorded errors in the engine as failures of the files, which later imports skipped. The remaining
failures are listed until the next import, which tries those files again because this version may open them."""
