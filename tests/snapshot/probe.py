"""What a Python that works can do; runs inside Pyodide (see probe.mjs)."""

import io
import json
import random
import sys
import tempfile


def probe() -> str:
    """Return JSON: whether NumPy was there already, what is random, and answers that are the same in every Python."""
    imported = "numpy" in sys.modules
    import sqlite3

    import numpy as np
    import numpy.random  # a library that no start loads
    from PIL import Image, ImageCms, ImageFont

    from onsight.api import METHODS
    from onsight.image import decode

    gradient = np.linspace(0, 255, 3 * 32 * 48).reshape(32, 48, 3).astype(np.uint8)
    pixels = {}
    for format in ("JPEG", "PNG", "WEBP"):
        file = io.BytesIO()
        Image.fromarray(gradient).save(file, format)
        pixels[format] = decode(file.getvalue()).pixels.tobytes().hex()
    database = sqlite3.connect(":memory:")
    try:
        Image.open(io.BytesIO(b"nothing"))
    except Exception as error:
        refusal = type(error).__name__
    answers = {
        "pixels": pixels,
        "inverse": np.linalg.inv(np.array([[2.0, 1.0], [1.0, 3.0]])).tolist(),
        "spectrum": np.abs(np.fft.rfft(np.arange(8.0))).tolist(),
        "sql": database.execute("select 6 * 7").fetchone(),
        "generator": numpy.random.default_rng(1).random(3).tolist(),
        "profile": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).profile.profile_description,
        "font": ImageFont.load_default(12).getbbox("Onsight"),
        "refusal": refusal,
        "methods": sorted(METHODS),
    }
    chance = [random.random(), float(numpy.random.random()), tempfile.mktemp()]
    return json.dumps({"imported": imported, "chance": chance, "answers": answers})
