"""What the page can ask of Compare."""

from __future__ import annotations

from onsight.method import Method
from onsight.tools.compare.options import CompareOptions
from onsight.tools.compare.results import Comparison
from onsight.tools.compare.task import Comparer

TASKS = ()

METHODS = {
    "compare": Method(
        lambda models, image, options: models.make(Comparer).run(image, options),
        CompareOptions,
        Comparison,
        decide=lambda models, seen, options: models.make(Comparer).decide(seen, options),
        check=lambda models, options: models.make(Comparer).check(options),
        cache_size=16,
        doc="Compare a picture's one label with its tags.",
    ),
}
