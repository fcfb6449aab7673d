"""Enlarging in the browser: the network comes when it is needed, says how far it is, stops when told to."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

from onsight.engine import Engine
from onsight.tools.enhance.options import EnhanceOptions
from onsight.tools.enhance.settings import EnhanceSettings
from tests.e2e.browsing import ENGINE_TIMEOUT_MS, Complaints
from tests.e2e.engine import PageEngine
from tests.pictures import encode, sample

ENLARGE = """async ([scale, stopAt]) => {
  const controller = new AbortController();
  const progress = [];
  let timings;
  try {
    const file = await onsight.enhance(pictures.picture, { upscale: scale }, {
      format: "png",
      signal: controller.signal,
      onProgress: (step) => {
        progress.push(step);
        if (step.stage === "upscale" && stopAt !== null && step.fraction >= stopAt) controller.abort();
      },
      onTimings: (ms) => { timings = ms; },
    });
    const bytes = new Uint8Array(await file.arrayBuffer());
    return { data: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")), progress, timings };
  } catch (error) {
    return { error: { name: error.name, message: error.message }, progress };
  }
}"""


@pytest.fixture
def engine(site: str, open_page: Callable[..., tuple[Page, Complaints]]) -> PageEngine:
    page, _ = open_page(f"{site}/manifest.json")
    page.set_default_timeout(ENGINE_TIMEOUT_MS)
    return PageEngine(page)


def fractions(answer: dict[str, Any]) -> list[float]:
    return [step["fraction"] for step in answer["progress"] if step["stage"] == "upscale"]


def test_page_and_python_enlarge_alike_and_the_network_comes_when_it_is_needed(engine: PageEngine) -> None:
    fetched: list[str] = []
    engine.page.context.on("response", lambda response: fetched.append(response.url))
    engine.prepare("picture", sample("chelsea"))
    assert not [url for url in fetched if "upscale" in url and url.endswith(".onnx")]
    answer = engine.page.evaluate(ENLARGE, [2, None])
    assert [url.split("/")[-2] for url in fetched if url.endswith(".onnx")] == ["upscale-x2"]
    got = np.asarray(Image.open(io.BytesIO(base64.b64decode(answer["data"]))))
    options = EnhanceOptions(settings=EnhanceSettings(upscale=2), format="png")
    expected = np.asarray(Image.open(io.BytesIO(Engine(threads=1).enhance(sample("chelsea"), options).data)))
    assert got.shape == expected.shape == (600, 902, 3)
    assert np.abs(got.astype(int) - expected).max() <= 1
    assert fractions(answer) == pytest.approx([index / 6 for index in range(6)])


def test_enlarging_stops_between_two_parts_when_cancelled(engine: PageEngine) -> None:
    with Image.open(io.BytesIO(sample("chelsea"))) as picture:
        engine.prepare("picture", encode(picture.convert("RGB").resize((900, 800)), "JPEG"))
    answer = engine.page.evaluate(ENLARGE, [2, 0.2])
    assert answer["error"]["name"] == "AbortError"
    assert max(fractions(answer)) < 1 - 1 / 25
