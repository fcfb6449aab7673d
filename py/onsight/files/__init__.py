"""Files: names that every system takes, suffixes of pictures, and the one way in which Onsight writes."""
