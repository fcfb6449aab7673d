"""Details: the metadata in a file, and a copy without it."""
