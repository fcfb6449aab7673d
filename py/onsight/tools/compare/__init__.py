"""Compare: the label and the tags of the same picture, and how they differ."""
