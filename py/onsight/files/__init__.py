"""Files: names that are valid on every system, suffixes of pictures, reading and writing."""
