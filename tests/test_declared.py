"""What the methods declare is what Engine, the page and the reference offer."""

from __future__ import annotations

import argparse
import inspect
import re
import typing
from pathlib import Path
from typing import Any

import pytest

from onsight import engine as engines
from onsight._engine_methods import EngineMethods
from onsight.api import METHODS
from onsight.cli.main import make_parser
from onsight.cli.options import chosen, help_of
from onsight.core.options import NoOptions, declared_options, is_options
from onsight.engine import Engine
from onsight.errors import InvalidOptionError
from onsight.method import Method
from onsight.tools.classify.options import ClassifyOptions
from onsight.tools.compare.options import CompareOptions
from onsight.tools.detect.options import DetectOptions
from onsight.tools.enhance.options import EnhanceOptions
from onsight.tools.enhance.settings import EnhanceSettings
from onsight.tools.tag.options import TagOptions
from web.declared import client, reference, types
from web.declared.engine import is_offered

OFFERED = {name: method for name, method in METHODS.items() if is_offered(name, method)}
SENTENCE = re.compile(r"[A-Z][^\n]*[^.]\.")


def test_engine_offers_every_method_that_needs_no_library() -> None:
    assert {"classify", "tag", "compare", "detect", "enhance", "crop", "redact", "preview"} <= set(OFFERED)
    assert all(name.startswith(("library_", "archive_")) or name == "index" for name in set(METHODS) - set(OFFERED))
    assert {name for name in vars(EngineMethods) if not name.startswith("_")} == set(OFFERED)


@pytest.mark.parametrize(("name", "method"), OFFERED.items())
def test_engines_method_has_the_declared_types(name: str, method: Method) -> None:
    hints = typing.get_type_hints(getattr(Engine, name))
    parameters = inspect.signature(getattr(Engine, name)).parameters
    assert hints["return"] is method.result
    assert ("image" in parameters) == method.takes_image
    assert hints.get("options", NoOptions) is method.options
    if "options" in hints:
        needs_some = any(one.required for one in declared_options(method.options).values())
        assert (parameters["options"].default is inspect.Parameter.empty) == needs_some
    assert (getattr(Engine, name).__doc__ or "").startswith(f"{method.doc}\n")


def test_engine_refuses_what_does_not_exist_before_it_reads_a_file_or_runs_a_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: Any) -> None:
        raise AssertionError("Something was read or run.")

    monkeypatch.setattr(engines, "read_file", fail)
    monkeypatch.setattr(Engine, "_run", fail)
    engine = Engine()
    with pytest.raises(InvalidOptionError, match="unicorn"):
        engine.detect("a.jpg", DetectOptions(allow=("unicorn",)))
    with pytest.raises(InvalidOptionError, match="Unicorn"):
        engine.compare("a.jpg", CompareOptions(without=("Unicorn",)))
    with pytest.raises(InvalidOptionError, match="unicorn"):
        engine.check(DetectOptions(deny=("unicorn",)))
    with pytest.raises(InvalidOptionError, match="The options of classify must be ClassifyOptions, got DetectOptions"):
        engine.classify("a.jpg", DetectOptions())  # type: ignore[arg-type]
    engine.check(ClassifyOptions())


@pytest.mark.parametrize(("name", "method"), METHODS.items())
def test_everything_that_is_declared_is_described_in_a_sentence(name: str, method: Method) -> None:
    assert SENTENCE.fullmatch(method.doc), name
    for kind in types.nested(method.options):
        if is_options(kind):
            assert SENTENCE.fullmatch(types.first_line(kind))
            for option in declared_options(kind).values():
                assert SENTENCE.fullmatch(option.declaration.doc), (kind, option.name)
    for kind in types.nested(method.result):
        assert is_options(kind) or set(types.attribute_docs(kind)) == set(typing.get_type_hints(kind)), kind


def test_required_options_are_required_in_typescript() -> None:
    text = types.protocol()
    crop = text[text.index("export interface CropOptions") :]
    assert "  box: [number, number, number, number];" in crop[: crop.index("}")]
    assert "  label?: string;" in crop[: crop.index("}")]
    settings = text[text.index("export interface EnhanceSettings") :]
    assert "?:" not in settings[: settings.index("}")]
    assert "  settings?: Partial<EnhanceSettings>;" in text


def test_reference_has_every_method_option_and_result_once() -> None:
    text = reference.reference()
    for name in METHODS:
        assert text.count(f"\n### {name}\n") == 1
    for kind in types.result_kinds():
        assert text.count(f"\n### {kind.__name__}\n") == 1
    links = set(re.findall(r"\]\(#(\w+)\)", text))
    assert links <= {title.lower() for title in re.findall(r"^### (\w+)$", text, re.M)}


def test_page_has_every_method_of_the_engine_and_the_library() -> None:
    text = client.engine_methods() + client.library_methods()
    for name in METHODS:
        assert text.count(f'("{name}"') == 1, name


def test_generated_files_say_so() -> None:
    from web.protocol import FILES

    for path in FILES:
        assert "GENERATED by `python -m web.protocol`" in Path(path).read_text(encoding="utf-8")[:400]


COMMANDS = [
    ("classify", ClassifyOptions),
    ("tag", TagOptions),
    ("compare", CompareOptions),
    ("detect", DetectOptions),
    ("enhance", EnhanceOptions),
    ("enhance", EnhanceSettings),
]


@pytest.mark.parametrize(("command", "kind"), COMMANDS)
def test_every_option_is_on_the_command_line_with_its_default_and_range(command: str, kind: type[Any]) -> None:
    (commands,) = (one for one in make_parser()._actions if isinstance(one, argparse._SubParsersAction))
    parser = commands.choices[command]
    required = ["--out", "there"] if command == "enhance" else []
    given = parser.parse_args(["a.jpg", *required])
    help = " ".join(parser.format_help().split())
    for name, option in declared_options(kind).items():
        if kind is EnhanceOptions and name in ("settings", "name"):  # the settings are options of their own
            continue
        assert f"--{name.replace('_', '-')}" in help
        default = getattr(given, name)
        assert (tuple(default) if isinstance(default, list) else default) == option.default
        if option.declaration.low is not None:
            assert f"{option.limits}" in help
        if option.default_text and option.kind is not bool:
            assert f"default: {option.default_text}" in help
    assert chosen(kind, given) == kind()


def test_what_is_typed_becomes_options() -> None:
    given = make_parser(["detect"]).parse_args(
        ["detect", "a.jpg", "--max-results", "3", "--deny", "cat", "--deny", "dog", "--tiled"]
    )
    assert chosen(DetectOptions, given) == DetectOptions(max_results=3, deny=("cat", "dog"), tiled=True)
    with pytest.raises(InvalidOptionError, match="max_results must be a whole number from 1 to 1000, got 0"):
        chosen(DetectOptions, make_parser(["detect"]).parse_args(["detect", "a.jpg", "--max-results", "0"]))


def test_help_is_a_sentence_fragment_with_range_and_default() -> None:
    declared = declared_options(ClassifyOptions)
    assert help_of(declared["top_k"]) == (
        "how many candidates to return at most; those below 0.5%% are left out (1 to 1000; default: 5)"
    )
    assert help_of(declared["threshold"]) == (
        "probability that the label must reach (above 0, at most 1; default: each label's own threshold)"
    )
    assert help_of(declared_options(CompareOptions)["without"]).endswith("(can be given several times)")
