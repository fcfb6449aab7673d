"""Compare our page with transformers.js, coco-ssd and native CPython, on this machine.

python3 build.py bench [--runs N] [--starts N] [--pictures N] [--sizes MP …] [--threads N] [--print]

Writes a table and a plot to docs/ and what the README quotes of it, and prints all figures as JSON. Machines differ and
are shared: compare the columns of one run and not the numbers of two. ``--runs 3 --starts 1 --pictures 40 --print`` is
a try of some minutes that writes nothing. The packages of the others are installed for it, beside the site and never
into it; the first time, compressing them takes minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import sys

from tests.bench import against, report


def main() -> int:
    """Measure, write and print; return the exit status."""
    parser = argparse.ArgumentParser(prog="build.py bench", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=9, help="turns to take the median of (default 9)")
    parser.add_argument("--starts", type=int, default=2, help="first visits, each with later ones (default 2)")
    parser.add_argument("--pictures", type=int, default=200, help="for the throughput; 0 leaves it out (default 200)")
    parser.add_argument("--sizes", type=float, nargs="+", default=[0.3, 2, 12, 48], help="of JPEGs, in megapixels")
    parser.add_argument("--threads", type=int, default=min(4, os.cpu_count() or 1), help="of networks; as the page has")
    parser.add_argument("--print", action="store_true", help="write nothing to docs/")
    options = parser.parse_args()
    figures = against.measure(sorted(options.sizes), options.runs, options.starts, options.pictures, options.threads)
    print(json.dumps(figures, indent=1))
    if not options.print:
        report.write(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
