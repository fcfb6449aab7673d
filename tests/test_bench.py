"""What the benchmark computes and writes, without a browser."""

from __future__ import annotations

import json
import mmap
import os
import time
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from onsight.image import decode
from onsight.networks.model_cache import models_folder
from onsight.networks.preprocess import preprocess
from onsight.networks.spec import ModelSpec
from tests.bench import against, memory, peer_sites, plot, report, samples
from tests.bench.figures import labels_of, median, ratio_in_turns
from tests.pictures import sample

ROOT = Path(__file__).resolve().parents[1]
SVG = "{http://www.w3.org/2000/svg}"


def start(total: float) -> dict[str, Any]:
    kinds = {"first_visit": total, "second_visit": total / 2, "later_visit": total / 4}
    return {
        **{kind: {"start": time - 100, "first": 100, "total": time} for kind, time in kinds.items()},
        "transferred_bytes": 18_100_000,
        "memory_bytes": {"empty_browser": 160_000_000, "first_result": 500_000_000},
    }


def times(total: float) -> dict[str, dict[str, float]]:
    stages = {"decode": 5.0, "preprocess": 1.0, "infer": total - 6, "total": total}
    return {"2": stages, "0.3": {**stages, "total": total / 2}}


@pytest.fixture
def figures() -> dict[str, Any]:
    run = {"pictures_per_second": 4.0, "of_native": 0.4, "memory_bytes": {"50": 5e8, "200": 5.1e8}, "workers": 1}
    return {
        "versions": {"library": "1.2.3"},
        "runs": 3,
        "starts": 1,
        "threads": 2,
        "machine": {"cores": 2, "chromium": "156.0", "load_before": [0.1, 0, 0], "load_after": [2.0, 1, 0]},
        "info": {"onsight": {"threads": 2, "workers": 1}},
        "starting": {
            "onsight": {"classify": start(7000), "detect": start(9000)},
            "transformers": {"classify": start(4000)},
            "coco-ssd": {"detect": start(1700)},
            "native": {"classify": {"total": 700}, "detect": {"total": 800}},
        },
        "single_ms": {
            "classify": {"onsight": times(100), "transformers": times(200), "native": times(25)},
            "detect": {"onsight": times(200), "coco-ssd": {"0.3": times(100)["0.3"]}, "native": times(50)},
        },
        "ratios": {
            "classify": {"transformers": {"0.3": 0.51, "2": 0.52}, "native": {"0.3": 4.1, "2": 4.2}},
            "detect": {"coco-ssd": {"0.3": 1.9}, "native": {"0.3": 4.3, "2": 4.4}},
        },
        "peak_memory_bytes": {"onsight": {"0.3": 5e8, "2": 5e8}, "coco-ssd": {"0.3": 9e8}},
        "throughput": {
            "pictures": 200,
            "megapixels": 2,
            "onsight": {"1": run, "2": run},
            "transformers": {"1": run},
            "native": {"1": {**run, "of_native": 1.0}},
            "ratios": {"1": 0.4, "2": 0.4},
        },
    }


def test_median_and_ratios_in_turns() -> None:
    assert median([{"a": 1}, {"a": 5}, {"a": 2.04}]) == {"a": 2.0}
    # One turn was ten times slower for both: the ratio does not know.
    assert ratio_in_turns([10, 100, 10], [20, 200, 20]) == 0.5
    with pytest.raises(ValueError, match="shorter"):
        ratio_in_turns([1, 2], [1])


def test_ratios_compare_turn_by_turn_and_only_whole_sets() -> None:
    turns: against.Turns = {
        ("onsight", "classify", 2): [{"total": 10}, {"total": 40}, {"total": 30}],
        ("native", "classify", 2): [{"total": 10}, {"total": 10}, {"total": 10}],
        ("transformers", "classify", 2): [{"total": 10}],  # failed after the first turn
    }
    assert against.ratios(turns) == {"classify": {"native": {"2": 3.0}}, "detect": {}}


class Clock:
    """Labels at a given speed, once ten times slower."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.done = 0

    def label_all(self, paths: Sequence[Path]) -> float:
        self.done += len(paths)
        return self.seconds * len(paths) * (10 if self.done == 4 else 1)

    def memory_bytes(self) -> int:
        return 1000 + self.done

    def workers(self) -> int:
        return 1


def test_label_in_turns_compares_part_by_part() -> None:
    parts = [[Path("a"), Path("b")], [Path("c"), Path("d")], [Path("e")]]
    found = against.label_in_turns({"onsight": Clock(0.2), "native": Clock(0.1)}, parts)
    assert found["onsight"]["of_native"] == 0.5
    assert found["onsight"]["pictures_per_second"] == pytest.approx(5 / (0.2 * 3 + 4), abs=0.01)
    assert found["native"]["memory_bytes"] == {"2": 1002, "4": 1004, "5": 1005}


def test_labels_of_tells_labels_and_boxes() -> None:
    assert labels_of({"label": "Cat"}) == ["Cat"]
    assert labels_of({"boxes": [{"label": "cup"}, {"label": "spoon"}]}) == ["cup", "spoon"]


def test_tables_show_the_figures(figures: dict[str, Any]) -> None:
    text = report.tables(figures)
    assert "| Onsight | 50 | 100 | – | – |" in text
    assert "| transformers.js | 100 | 200 | 0.51 | 0.52 |" in text
    assert "| coco-ssd | 50 | failed | 1.90 | – |" in text
    assert "| Onsight | label | 18.1 | 7,000 | 3,500 | 1,750 | 340 |" in text
    assert "| Onsight | 2 (1) | 4.0 | 0.40 | 500 | 510 |" in text
    assert "library 1.2.3" in text
    for block in text.split("\n\n"):
        columns = {line.count("|") for line in block.splitlines() if line.startswith("|")}
        assert len(columns) <= 1, block


def test_tables_do_without_throughput(figures: dict[str, Any]) -> None:
    del figures["throughput"]
    assert "pictures a second" not in report.tables(figures)


def test_quote_shows_every_size_and_start(figures: dict[str, Any]) -> None:
    lines = report.quote(figures).splitlines()
    assert "| label, 0.3 MP JPEG, ms | 50 | 100 | – | 12 |" in lines
    assert "| objects, 2 MP JPEG, ms | 200 | – | – | 50 |" in lines
    assert "| start to first result, second visit, s | 3.5 | 2.0 | 0.8 | 0.7 |" in lines


def test_write_puts_figures_in_their_place_again_and_again(figures: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    for name in ("README.md", "docs/speed.md"):
        (tmp_path / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    report.write(figures, tmp_path)
    first = [(tmp_path / name).read_text(encoding="utf-8") for name in ("README.md", "docs/speed.md")]
    report.write(figures, tmp_path)
    assert [(tmp_path / name).read_text(encoding="utf-8") for name in ("README.md", "docs/speed.md")] == first
    assert report.quote(figures) in first[0]
    assert report.tables(figures) in first[1]
    ET.fromstring((tmp_path / "docs" / "speed.svg").read_text(encoding="utf-8"))


def test_insert_refuses_a_document_without_the_place() -> None:
    with pytest.raises(report.MarkerError, match=r"notes\.md"):
        report.insert("# Notes\n", "text", "notes.md")


def test_plot_places_less_to_the_left_and_marks_every_value() -> None:
    groups = [("Group", [plot.Row("a & b", {"onsight": 10, "coco-ssd": 1000, "native": 100, "transformers-plain": 5})])]
    tree = ET.fromstring(plot.draw(groups))
    marks = {title.text: mark for mark in tree.iter() for title in mark.findall(f"{SVG}title")}
    assert set(marks) == {"Onsight: 10 ms", "coco-ssd (TensorFlow.js): 1000 ms", "CPython, natively: 100 ms"}
    assert float(marks["Onsight: 10 ms"].attrib["cx"]) == plot.LEFT
    middle = float(marks["CPython, natively: 100 ms"].attrib["points"].split(",")[0])
    assert middle == pytest.approx((plot.LEFT + plot.WIDTH - plot.RIGHT) / 2, abs=0.1)
    assert "a & b" in [text.text for text in tree.iter(f"{SVG}text")]
    assert "prefers-color-scheme: dark" in plot.draw(groups)


def test_plot_refuses_nothing() -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        plot.draw([("Group", [plot.Row("empty", {})])])


def test_local_model_sees_what_our_model_sees(tmp_path: Path) -> None:
    converted = models_folder() / peer_sites.CLASSIFIER
    if not (converted / "model.onnx").is_file():
        pytest.skip("the model has not been converted")
    description = ROOT / "models" / peer_sites.CLASSIFIER
    peer_sites.write_local_model(tmp_path / "local", description, converted)
    spec = ModelSpec.load(description)
    config = json.loads((tmp_path / "local" / "config.json").read_text(encoding="utf-8"))
    preprocessor = json.loads((tmp_path / "local" / "preprocessor_config.json").read_text(encoding="utf-8"))

    # Resizing to the shortest edge and cutting out the centre is our centre crop.
    assert preprocessor["size"]["shortest_edge"] * spec.input.crop_pct == preprocessor["crop_size"]["height"] == 260
    assert (preprocessor["image_mean"], preprocessor["image_std"]) == ([127] * 3, [128] * 3)
    assert not preprocessor["do_rescale"]

    ours = onnxruntime.InferenceSession(converted / "model.onnx", providers=["CPUExecutionProvider"])
    local = onnxruntime.InferenceSession(tmp_path / "local/onnx/model.onnx", providers=["CPUExecutionProvider"])
    assert [one.name for one in local.get_inputs()] == ["pixel_values"]
    assert [one.name for one in local.get_outputs()] == ["logits"]
    pixel_values, _ = preprocess(decode(sample("chelsea")), spec.input)
    off = {switch: np.zeros(1, np.float32) for switch in spec.switches.values()}
    (expected,) = ours.run(["logits"], {"pixel_values": pixel_values, **off})
    (logits,) = local.run(None, {"pixel_values": pixel_values})
    np.testing.assert_allclose(logits, expected, rtol=0, atol=1e-4)
    labels = (description / "labels.txt").read_text(encoding="utf-8").splitlines()
    assert [config["id2label"][str(number)] for number in range(1000)] == labels


def test_local_model_refuses_what_it_cannot_tell(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="squash"):
        peer_sites.write_local_model(tmp_path, ROOT / "models" / peer_sites.DETECTOR, tmp_path)


def test_photographs_have_their_size_and_differ(tmp_path: Path) -> None:
    info = decode(samples.photograph(0.3)).info
    assert info.width * info.height == pytest.approx(0.3e6, rel=0.01)
    samples.make_pictures(tmp_path, 8, 0.05)
    paths = sorted(tmp_path.rglob("*.jpg"))
    assert len({path.read_bytes() for path in paths}) == 8


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs Linux")
def test_memory_watch_sees_what_is_taken() -> None:
    watch = memory.MemoryWatch(os.getpid())
    watch.start()
    before = sum(memory.unshared(os.getpid()))
    size = 64_000_000
    with mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as taken:  # not from what was freed before
        taken.write(bytes(size))
        assert sum(memory.unshared(os.getpid())) >= before + size // 2
        deadline = time.monotonic() + 10
        while watch.peak_bytes < before + size // 2 and time.monotonic() < deadline:
            time.sleep(0.02)
    watch.end()
    assert watch.peak_bytes >= before + size // 2
    assert watch.largest_bytes >= size


def test_pins_are_exact_and_locked() -> None:
    package, lock = (json.loads(path.read_text(encoding="utf-8")) for path in peer_sites.PINS)
    assert all(version[0].isdigit() for version in package["dependencies"].values())
    locked = lock["packages"]
    for name, version in package["dependencies"].items():
        assert locked[f"node_modules/{name}"]["version"] == version
    assert all("integrity" in entry for name, entry in locked.items() if name)
