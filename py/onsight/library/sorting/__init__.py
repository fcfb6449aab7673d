"""Sort pictures into folders: first a plan that the user can check, then copies, moves or a ZIP.

::

    patterns  file name patterns such as {date}-{label}-{n}
    plan      which picture goes where
    targets   free names in the target folders
    going     which companion files go along with a picture
    placing   copies or moves the files on this computer; never overwrites anything
    zipping   writes the files to a ZIP stream
"""

from onsight.files.names import safe_name
from onsight.library.sorting.patterns import Pattern
from onsight.library.sorting.plan import GROUPINGS, Move, Plan, Rule, make_plan

__all__ = ["GROUPINGS", "Move", "Pattern", "Plan", "Rule", "make_plan", "safe_name"]
