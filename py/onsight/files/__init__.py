"""Names that are valid on every system, suffixes of pictures, and functions that read and write files."""
