"""What is wrong with a file that could be opened. Pictures from before have no warning until they are seen again."""

from __future__ import annotations

STEP = """
ALTER TABLE image ADD COLUMN warning TEXT;
"""
