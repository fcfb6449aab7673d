"""Make ``py/onsight/data/words.tsv``: what plain words of a search mean in Onsight's own terms."""
