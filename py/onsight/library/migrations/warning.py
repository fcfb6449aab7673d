"""Add warnings about damaged files that could be opened. Known pictures get theirs when they are analysed again."""

from __future__ import annotations

STEP = """
ALTER TABLE image ADD COLUMN warning TEXT;
"""
