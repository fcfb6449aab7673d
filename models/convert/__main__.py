"""``python -m models.convert``: convert the models that are missing. See the package."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from models.convert.conversion import MODEL_FILE, build, convert, fingerprint, record, write_atomically
from models.convert.errors import ConversionError
from models.convert.onnx_graph import STORAGES
from onsight.networks.model_cache import cache_folder, models_folder

MODELS = Path(__file__).resolve().parents[1]


def main() -> int:
    """Run the command line and return the exit status."""
    known = sorted(path.parent.name for path in MODELS.glob("*/model.json"))
    parser = argparse.ArgumentParser(prog="python -m models.convert", description="Create the models' .onnx files.")
    parser.add_argument("--model", nargs="+", choices=known, default=known, help="ids; by default all")
    parser.add_argument("--out", type=Path, default=models_folder(), help="folder for the models; default: %(default)s")
    parser.add_argument(
        "--cache", type=Path, default=cache_folder() / "downloads", help="downloaded packages; %(default)s"
    )
    parser.add_argument(
        "--storage",
        choices=STORAGES,
        help="store weights differently from model.json; skips the hash check",
    )
    parser.add_argument("--record", action="store_true", help="write the result's hash into model.json instead")
    options = parser.parse_args()
    try:
        for model_id in options.model:
            source, target = MODELS / model_id, options.out / model_id
            if options.record:
                record(source, options.cache)
            elif options.storage:
                data = build(source, options.cache, options.storage)
                write_atomically(target / MODEL_FILE, data)
                print(f"{target / MODEL_FILE}: {fingerprint(data)}")
            else:
                made = convert(source, target, options.cache)
                print(f"{target / MODEL_FILE}: {'made' if made else 'up to date'}")
    except ConversionError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
