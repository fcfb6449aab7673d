"""Plain words: what a person types who does not know the search language, such as *people eating outside*.

::

    lexicon     what a word means in Onsight's terms
    phrases     words → the things that are asked for, with their numbers
    evidence    how likely each picture shows a thing
    relevance   how well each picture fits all of the words
"""
