"""The engine in the browser: the same answers as in CPython, and nothing that can be dropped on it breaks it."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.e2e.browsing import ENGINE_TIMEOUT_MS, Complaints, OpenPage
from tests.e2e.engine import ANSWER, PageEngine
from tests.pictures import SAMPLE_NAMES, claiming, encode, exif, photo, png, sample, stored_for

BLANK = "manifest.json"
"""A document of the site that runs no script of its own."""


@pytest.fixture(scope="module")
def engine(site: str, browser: object) -> Iterator[PageEngine]:
    context = browser.new_context(service_workers="block")  # type: ignore[attr-defined]  # Playwright's browser
    complaints = Complaints(site)
    complaints.watch(context)
    page = context.new_page()
    page.set_default_timeout(ENGINE_TIMEOUT_MS)
    page.goto(f"{site}/{BLANK}")
    yield PageEngine(page)
    context.close()
    complaints.check()


@pytest.mark.parametrize("name", SAMPLE_NAMES)
def test_page_and_command_line_give_the_same_json(engine: PageEngine, name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(sample(name))
    assert_same_answer(engine, "classify", file)


@pytest.mark.parametrize("name", ["astronaut", "coffee"])
def test_page_and_command_line_find_the_same_boxes(engine: PageEngine, name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(sample(name))
    boxes = assert_same_answer(engine, "detect", file)["boxes"]
    assert {"astronaut": "person", "coffee": "cup"}[name] in {box["label"] for box in boxes}


def turned_cat() -> bytes:
    """Return a JPEG whose EXIF data turn it upright."""
    with Image.open(io.BytesIO(sample("chelsea"))) as picture:
        return encode(stored_for(picture.convert("RGB"), 6), "JPEG", exif=exif(6), quality=95)


def panorama() -> bytes:
    """Return a JPEG of 20,000 × 1,000 pixels with a cat in it."""
    wide = Image.new("RGB", (20_000, 1000), "#7a8a70")
    with Image.open(io.BytesIO(sample("chelsea"))) as picture:
        wide.paste(picture.convert("RGB").resize((902, 600)), (15_003, 260))
    return encode(wide, "JPEG", quality=90)


SHAPES: dict[str, tuple[Callable[[], bytes], tuple[int, int], list[str]]] = {
    "turned": (turned_cat, (451, 300), ["cat"]),
    "panorama": (panorama, (20_000, 1000), ["cat"]),
    "1 × 1": (lambda: encode(photo(1, 1), "PNG"), (1, 1), []),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_page_and_command_line_find_the_same_boxes_in_any_shape(engine: PageEngine, shape: str, tmp_path: Path) -> None:
    make, size, labels = SHAPES[shape]
    file = tmp_path / "picture"
    file.write_bytes(make())
    answer = assert_same_answer(engine, "detect", file)
    assert (answer["image"]["width"], answer["image"]["height"]) == size
    assert [box["label"] for box in answer["boxes"] if box["label"] == "cat"] == labels
    if not labels:
        assert answer["boxes"] == []


@pytest.mark.parametrize("name", ["chelsea", "coffee", "rocket"])
def test_page_and_command_line_give_the_same_tags(engine: PageEngine, name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(sample(name))
    tags = assert_same_answer(engine, "tag", file, "--all", all=True)["tags"]
    expected = {"chelsea": "cat", "coffee": "drink", "rocket": "sky"}[name]
    # It applies; a narrower tag may be shown in its place.
    assert next(tag for tag in tags if tag["id"] == expected)["level"] != "unlikely"


def assert_same_answer(engine: PageEngine, method: str, file: Path, *flags: str, **options: object) -> dict[str, Any]:
    """Ask the command line and the page, compare, return the command line's answer."""
    command = [sys.executable, "-m", "onsight", method, "--json", *flags, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    native: dict[str, Any] = json.loads(done.stdout)["result"]
    answer = engine.call(method, file.read_bytes(), **options)
    assert "error" not in answer, answer
    # Of tags that matter as much as one another, a rounding decides which comes first.
    assert_alike(*(one | {"tags": sorted(one.get("tags", ()), key=by_id)} for one in (answer["result"], native)))
    return native


def by_id(tag: dict[str, Any]) -> str:
    return str(tag["id"])


def test_another_threshold_is_answered_without_another_look(engine: PageEngine) -> None:
    engine.prepare("again", sample("coffee"))
    for method, looser, stricter in (("detect", {"score": 0.05}, {"score": 0.6}), ("tag", {}, {"threshold": 0.9})):
        first = engine.page.evaluate(ANSWER, ["again", looser, method])
        again = engine.page.evaluate(ANSWER, ["again", {**stricter, "urgent": True}, method])
        assert "infer" in first["timings"]
        assert set(again["timings"]) == {"postprocess"}
        assert again["result"] != first["result"]


def assert_alike(got: object, wanted: object) -> None:
    """Compare JSON: texts to the letter, numbers to ±0.01, places to a tenth of a pixel."""
    if isinstance(wanted, dict):
        assert isinstance(got, dict)
        assert got.keys() == wanted.keys()
        for key in wanted:
            if key in ("x1", "y1", "x2", "y2"):
                assert got[key] == pytest.approx(wanted[key], abs=0.1)
            else:
                assert_alike(got[key], wanted[key])
    elif isinstance(wanted, list):
        assert isinstance(got, list)
        assert len(got) == len(wanted)
        for one, other in zip(got, wanted, strict=True):
            assert_alike(one, other)
    elif isinstance(wanted, float):
        assert got == pytest.approx(wanted, abs=0.01)
    else:
        assert got == wanted


def test_engine_runs_on_threads_where_the_page_is_isolated(engine: PageEngine) -> None:
    assert engine.info["isolated"] is True
    assert engine.info["threads"] >= 1
    assert "efficientnet-lite2" in engine.info["models"]


def test_engine_reports_stages_and_a_real_fraction_while_it_starts(engine: PageEngine) -> None:
    steps = engine.page.evaluate("progress")
    assert {step["stage"] for step in steps} <= {"download", "cache", "start"}
    fractions = [step["fraction"] for step in steps if step["stage"] == "download"]
    assert fractions == sorted(fractions)
    assert all(0 <= fraction < 1 for fraction in fractions)
    assert steps[-1]["stage"] == "start"


def test_engine_reports_the_time_of_each_stage(engine: PageEngine) -> None:
    timings = engine.classify(sample("chelsea"))["timings"]
    assert list(timings) == ["read", "decode", "preprocess", "infer", "postprocess"]


BAD_FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty_file"),
    "text": (lambda: b"This is not a picture.", "not_an_image"),
    "truncated JPEG": (lambda: encode(photo(640, 480), "JPEG")[:4000], "corrupt_image"),
    "truncated PNG": (lambda: sample("chelsea")[:50_000], "corrupt_image"),
    "truncated WebP": (lambda: encode(photo(), "WEBP")[:-200], "corrupt_image"),
    "bomb": (lambda: claiming("PNG", 50_000, 50_000), "image_too_large"),
    "SVG": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>', "unsupported_format"),
    "PDF": (lambda: b"%PDF-1.7\n%", "unsupported_format"),
    "HEIC": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "unsupported_format"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_file_gets_a_sentence_and_a_code(engine: PageEngine, name: str) -> None:
    make, code = BAD_FILES[name]
    error = engine.classify(make())["error"]
    assert error["code"] == code
    assert error["message"].endswith(".")
    assert len(error["message"]) > 20
    assert "Traceback" not in error["message"]


ODD_PICTURES: dict[str, Callable[[], bytes]] = {
    "1 × 1": lambda: encode(photo(1, 1), "PNG"),
    "20000 × 10": lambda: encode(photo(20_000, 10), "PNG"),
    "CMYK": lambda: encode(photo().convert("CMYK"), "JPEG"),
    "palette": lambda: encode(photo().convert("P"), "GIF"),
    "grey with alpha": lambda: encode(photo().convert("LA"), "PNG"),
    "16-bit": lambda: png(4, 4, 16, 2, bytes(range(96))),
    "AVIF": lambda: encode(photo(), "AVIF"),
    "WebP": lambda: encode(photo(), "WEBP"),
    "TIFF": lambda: encode(photo(), "TIFF"),
    "BMP": lambda: encode(photo(), "BMP"),
}


@pytest.mark.parametrize("name", ODD_PICTURES)
def test_odd_picture_is_answered(engine: PageEngine, name: str) -> None:
    answer = engine.classify(ODD_PICTURES[name]())
    assert "error" not in answer, answer


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright(engine: PageEngine, orientation: int) -> None:
    upright = photo(120, 80)
    data = encode(stored_for(upright, orientation), "JPEG", exif=exif(orientation), quality=95)
    image = engine.classify(data)["result"]["image"]
    assert (image["width"], image["height"]) == (120, 80)


def test_48_megapixel_photo_works(engine: PageEngine) -> None:
    answer = engine.classify(encode(photo(8000, 6000), "JPEG", quality=80))
    assert (answer["result"]["image"]["width"], answer["result"]["image"]["height"]) == (8000, 6000)


def test_options_reach_python_and_are_checked_there(engine: PageEngine) -> None:
    assert len(engine.classify(sample("rocket"), topK=2)["result"]["candidates"]) == 2
    error = engine.classify(sample("chelsea"), topK=0)["error"]
    assert error["code"] == "invalid_option"
    assert "top_k" in error["message"]


def test_options_that_do_not_exist_and_names_that_nobody_knows_are_refused(engine: PageEngine) -> None:
    for method, options, word in (
        ("tag", {"treshold": 0.5}, "treshold"),
        ("detect", {"allow": ["unicorn"]}, "unicorn"),
        ("compare", {"without": ["Unicorn"]}, "Unicorn"),
    ):
        error = engine.call(method, sample("chelsea"), **options)["error"]
        assert error["code"] == "invalid_option"
        assert word in error["message"]


def test_bytes_are_pictures_and_what_is_no_file_is_refused_with_a_sentence(engine: PageEngine) -> None:
    engine.prepare("cat", sample("chelsea"))
    answers = engine.page.evaluate(
        """async () => {
          const bytes = await pictures.cat.arrayBuffer();
          const shared = new SharedArrayBuffer(bytes.byteLength);
          new Uint8Array(shared).set(new Uint8Array(bytes));
          const given = [
            pictures.cat, bytes, new Uint8Array(bytes), new DataView(bytes), shared,
            undefined, null, "x.jpg", new Image(), new OffscreenCanvas(4, 4), {}, 5, Promise.resolve(pictures.cat),
            await createImageBitmap(new OffscreenCanvas(4, 4).getContext("2d").canvas),
          ];
          const asked = given.map((picture) => onsight.classify(picture).then(({ label }) => [label], (error) =>
            [error.name, error.code, error.message]));
          asked.push(onsight.classify(pictures.cat, { threshold: () => 1 }).then(() => ["answered"], (error) =>
            [error.name, error.code, error.message]));
          return Promise.all(asked);
        }"""
    )
    labels, errors = answers[:5], answers[5:]
    assert len({label for (label,) in labels}) == 1
    for name, code, message in errors:
        assert (name, code) == ("OnsightError", "invalid_option")
        assert message.endswith((".", ")."))
    assert "fetch" in errors[2][2]


def test_file_that_vanished_after_it_was_chosen_is_named(engine: PageEngine, tmp_path: Path) -> None:
    file = tmp_path / "gone.png"
    file.write_bytes(sample("chelsea"))
    engine.page.evaluate(
        """() => {
          const input = document.createElement("input");
          input.type = "file";
          document.documentElement.append(input);
        }"""
    )
    engine.page.locator("input").set_input_files(file)
    file.unlink()
    engine.page.evaluate("() => { (globalThis.pictures ??= {}).gone = document.querySelector('input').files[0]; }")
    error = engine.page.evaluate(ANSWER, ["gone", {}])["error"]
    assert error["code"] == "unreadable_file"


def test_many_requests_are_answered_in_order_and_one_bad_one_harms_none(engine: PageEngine) -> None:
    engine.prepare("cat", sample("chelsea"))
    engine.prepare("bad", b"")
    outcomes = engine.page.evaluate(
        """() => Promise.allSettled(["cat", "bad", "cat"].map((name) => onsight.classify(pictures[name])))
             .then((all) => all.map(({ status }) => status))"""
    )
    assert outcomes == ["fulfilled", "rejected", "fulfilled"]


def test_cancelling_rejects_with_abort_error_and_the_rest_go_on(engine: PageEngine) -> None:
    engine.prepare("cat", sample("chelsea"))
    outcomes = engine.page.evaluate(
        """async () => {
          const running = new AbortController(), waiting = new AbortController();
          const first = onsight.classify(pictures.cat, {
            signal: running.signal, onProgress: ({ stage }) => stage === "decode" && running.abort(),
          });
          const second = onsight.classify(pictures.cat, { signal: waiting.signal });
          const third = onsight.classify(pictures.cat);
          waiting.abort();
          const name = (promise) => promise.then(() => "done", (error) => error.name);
          return Promise.all([name(first), name(second), name(third)]);
        }"""
    )
    assert outcomes == ["AbortError", "AbortError", "done"]


def test_preview_is_a_jpeg_that_the_browser_shows(engine: PageEngine) -> None:
    engine.prepare("scan", encode(photo(400, 300), "TIFF"))
    size = engine.page.evaluate(
        """async () => {
          const blob = await onsight.preview(pictures.scan, { maxSide: 200 });
          const { width, height } = await createImageBitmap(blob);
          return [blob.type, width, height];
        }"""
    )
    assert size == ["image/jpeg", 200, 150]


def test_format_that_only_the_browser_knows_is_left_to_it(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}/{BLANK}")
    page.set_default_timeout(ENGINE_TIMEOUT_MS)
    engine = PageEngine(page)
    # As Safari does with HEIC; this browser has no such decoder, so it is given one that knows a single picture.
    page.workers[0].evaluate(
        """() => {
          const canvas = new OffscreenCanvas(64, 48);
          canvas.getContext("2d").fillRect(0, 0, 64, 48);
          self.createImageBitmap = async () => canvas.transferToImageBitmap();
        }"""
    )
    image = engine.classify(BAD_FILES["HEIC"][0]())["result"]["image"]
    assert image == {"width": 64, "height": 48, "format": "HEIC", "warning": None, "as_in_browsers": True}


def test_worker_that_vanishes_is_restarted_and_the_rest_go_on(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}/{BLANK}")
    page.set_default_timeout(ENGINE_TIMEOUT_MS)
    engine = PageEngine(page)
    engine.prepare("cat", sample("chelsea"))
    page.evaluate(
        """() => {
          globalThis.started = new Promise((resolve) => {
            const look = (onProgress) =>
              onsight.classify(pictures.cat, { onProgress }).then(({ label }) => label, ({ code }) => code);
            const first = look(({ stage }) => stage === "decode" && resolve());
            globalThis.outcomes = first.then(async (outcome) => [outcome, ...await Promise.all([look(), look()])]);
          });
        }"""
    )
    page.evaluate("started")
    # As when the browser takes its memory away: no event reports it.
    page.workers[0].evaluate("() => self.close()")
    # The picture that it had is tried again: it need not be the cause.
    assert page.evaluate("outcomes") == [engine.classify(sample("chelsea"))["result"]["label"]] * 3


def test_networks_that_vanish_are_restarted_and_the_rest_go_on(site: str, open_page: OpenPage) -> None:
    page, complaints = open_page(f"{site}/{BLANK}")
    complaints.expected.append("'steal' option")
    page.set_default_timeout(ENGINE_TIMEOUT_MS)
    engine = PageEngine(page)
    engine.prepare("cat", sample("chelsea"))
    outcomes = page.evaluate(
        """async (engine) => {
          let vanish;
          const vanished = new Promise((resolve) => { vanish = resolve; });
          const look = (onProgress) =>
            onsight.classify(pictures.cat, { onProgress }).then(({ label }) => label, ({ code }) => code);
          const first = look(({ stage }) => stage === "infer" && vanish());
          await vanished;
          // A worker that is gone gives its lock back: that is all that is known of it.
          const { held } = await navigator.locks.query();
          const { name } = held.find(({ name }) => name.startsWith("onsight-worker-") && name !== engine);
          await navigator.locks.request(name, { steal: true }, () => {});
          return [await first, await look()];
        }""",
        page.workers[0].evaluate("self.name"),
    )
    assert outcomes == [engine.classify(sample("chelsea"))["result"]["label"]] * 2


def test_second_visit_reads_the_engine_from_the_device(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}/{BLANK}")
    page.set_default_timeout(ENGINE_TIMEOUT_MS)
    PageEngine(page)
    fetched: list[str] = []
    page.context.on("request", lambda request: fetched.append(request.url))
    page.reload()
    PageEngine(page)
    steps = page.evaluate("progress")
    assert "download" not in {step["stage"] for step in steps}
    large = [url for url in fetched if url.endswith((".wasm", ".zip", ".onnx"))]
    assert large == []


@pytest.mark.parametrize(
    "variant", [b"not the network", gzip.compress(b"not the network")], ids=["as it is", "compressed"]
)
def test_damaged_download_is_noticed(site: str, open_page: OpenPage, variant: bytes) -> None:
    page, _ = open_page(f"{site}/{BLANK}")
    page.set_default_timeout(ENGINE_TIMEOUT_MS)
    page.context.route("**/model.onnx", lambda route: route.fulfill(body=b"not the network"))
    page.context.route("**/model.onnx.gz", lambda route: route.fulfill(body=variant))
    error = page.evaluate(
        """async () => {
          const { Onsight } = await import("./page/client.js");
          return Onsight.start().then(() => null, ({ code, detail }) => ({ code, detail }));
        }"""
    )
    assert error["code"] == "download_failed"
    assert "damaged" in error["detail"]


def test_site_works_under_a_sub_path_without_any_header(plain_site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{plain_site}/{BLANK}")
    page.set_default_timeout(ENGINE_TIMEOUT_MS)
    arrived: list[str] = []
    page.context.on("requestfinished", lambda request: arrived.append(request.url.rsplit("/", 1)[-1]))
    engine = PageEngine(page)
    # Such a host compresses nothing, so the page asks for what the build has compressed, and leaves the rest.
    large = {name.removesuffix(".gz") for name in arrived if name.removesuffix(".gz").endswith((".zip", ".onnx"))}
    large -= {"python_stdlib.zip"}  # an empty one
    assert len(large) >= 4
    assert {f"{name}.gz" for name in large} <= set(arrived)
    steps = engine.page.evaluate("progress")
    assert steps[-1]["stage"] == "start"
    assert (engine.info["isolated"], engine.info["threads"]) == (False, 1)
    assert "Cat" in engine.classify(sample("chelsea"))["result"]["path"]
