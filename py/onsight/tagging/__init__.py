"""What tagging knows before it sees a picture.

::

    vocabulary    the closed vocabulary of tags, a table
    expectations  what a picture of each of the classifier's classes usually shows, a table
"""
