"""Sorts pictures into folders: first a plan that a person can look at, then copies, moves or a ZIP.

::

    naming   patterns such as {date}-{label}-{n}
    plan     which picture goes where
    placing  carries a plan out on this computer; nothing is ever overwritten
    zipping  carries a plan out as a stream of ZIP
"""

from onsight.files.names import safe_name
from onsight.library.sorting.patterns import Pattern
from onsight.library.sorting.plan import GROUPINGS, Move, Plan, Rule, make_plan

__all__ = ["GROUPINGS", "Move", "Pattern", "Plan", "Rule", "make_plan", "safe_name"]
