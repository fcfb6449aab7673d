"""Options, declared once: type, default, range, unit and one line of documentation.

    @options
    class ClassifyOptions:
        \"\"\"How to classify a picture.\"\"\"

        top_k: int = option(default=5, low=1, high=1000, doc="How many candidates to return at most.")
        threshold: float | None = option(default=None, low=0, high=1, doc="Score that the label must reach.")

The check of every value, the page's types and methods, the command line's help and the API reference all come from
the declaration. Write ``__post_init__`` only for rules between options: it runs after all values were checked.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, dataclass_transform, overload

from onsight.core.checks import check_flag, check_integer, check_number, check_text
from onsight.core.texts import text
from onsight.errors import InvalidOptionError

T = TypeVar("T")

Reader = Callable[[str, Any], Any]
"""Takes an option's name and a value, and returns the value to store. Raises InvalidOptionError."""

MAX_INTEGER = 2**53 - 1
"""The largest integer that JavaScript counts to."""

_METADATA = "option"
_REQUIRED: Any = dataclasses.MISSING


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What an options class says about one of its fields.

    Attributes:
        doc: What it means, in one or two sentences.
        low: Lowest value of a number.
        high: Highest value of a number.
        above: Whether the value must be above ``low`` rather than at least ``low``.
        choices: Values that are allowed; None allows all.
        unit: Of a number, such as ``"px"``; empty if it has none.
        none: What the default None stands for, such as ``"each label's own threshold"``.
        filled: What a text must name, such as ``"the file"``, if it may not be empty.
        item: What an error calls an item of a list, followed by its number, such as ``"box"``.
        each: Reads an item of a list that is neither a text, a number nor an options object.
        read: Reads the whole value, in place of the check that follows from the type.
        positional: Whether JavaScript takes it by position although it has a default.
        file_name: Whether JavaScript takes the picture's file name where no value is given.
    """

    doc: str
    low: float | None = None
    high: float | None = None
    above: bool = False
    choices: Collection[Any] | None = None
    unit: str = ""
    none: str = ""
    filled: str = ""
    item: str = "item"
    each: Reader | None = None
    read: Reader | None = None
    positional: bool = False
    file_name: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One field of an options class.

    Attributes:
        name: Its name in Python and in requests, such as ``"top_k"``.
        kind: Its type; without None if None is a valid value.
        nullable: Whether None is a valid value.
        required: Whether it has no default.
        default: Its default; meaningless if it is required.
        declaration: The rest.
    """

    name: str
    kind: Any
    nullable: bool
    required: bool
    default: Any
    declaration: Declaration

    @property
    def limits(self) -> str:
        """The values that are allowed, such as ``"1 to 1000"``; empty if the type says it all."""
        declared = self.declaration
        if declared.choices is not None:
            return "one of " + ", ".join(str(one) or '""' for one in declared.choices)
        if declared.low is None or declared.high is None or self.kind not in (int, float):
            return ""
        unit = f" {declared.unit}" if declared.unit else ""
        if declared.high >= MAX_INTEGER:
            return f"at least {declared.low:g}{unit}" if declared.low > -MAX_INTEGER else unit.strip()
        if declared.above:
            return f"above {declared.low:g}, at most {declared.high:g}{unit}"
        return f"{declared.low:g} to {declared.high:g}{unit}"

    @property
    def default_text(self) -> str:
        """The default for people; empty if the option is required or the default says nothing, as an empty list."""
        if self.required or self.default in ((), "", b"") or dataclasses.is_dataclass(self.default):
            return ""
        if self.default is None:
            return self.declaration.none
        if isinstance(self.default, bool):
            return "true" if self.default else "false"
        if isinstance(self.default, float):
            return f"{self.default:g}"
        return ", ".join(self.default) if isinstance(self.default, tuple) else str(self.default)


@overload
def option(*, default: T, doc: str, **declared: Any) -> T: ...
@overload
def option(*, doc: str, **declared: Any) -> Any: ...
def option(*, default: Any = _REQUIRED, doc: str, **declared: Any) -> Any:
    """Declare a field of an options class.

    Args:
        default: Its default; without one the option is required.
        doc: What it means, in one or two sentences.
        **declared: Further attributes of `Declaration`.
    """
    return dataclasses.field(default=default, metadata={_METADATA: Declaration(doc=doc, **declared)})


@overload
def options(cls: type[T], /) -> type[T]: ...
@overload
def options(*, kw_only: bool = False) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(option,))
def options(cls: type[T] | None = None, /, *, kw_only: bool = False) -> Any:
    """Make a class a frozen dataclass that checks every field by its type and its declaration."""

    def decorate(cls: type[T]) -> type[T]:
        rule = cls.__dict__.get("__post_init__")
        rules: tuple[Callable[[Any], None], ...] = getattr(cls, "_rules", ())
        cls._rules = (*rules, rule) if rule else rules  # type: ignore[attr-defined]  # set on every options class
        cls.__post_init__ = _check  # type: ignore[attr-defined]  # of dataclasses
        return dataclass(frozen=True, slots=True, kw_only=kw_only)(cls)

    return decorate if cls is None else decorate(cls)


def is_options(kind: object) -> bool:
    """Return whether a type is an options class."""
    return isinstance(kind, type) and hasattr(kind, "_rules")


def options_from(kind: type[T], values: Mapping[str, Any]) -> T:
    """Make an options object from plain data.

    Args:
        kind: An options class, such as `ClassifyOptions`.
        values: Its fields by name; those left out take their defaults.

    Raises:
        InvalidOptionError: A name is unknown, a required value is missing, or a value is refused.
    """
    declared = declared_options(kind)
    if unknown := sorted(set(values) - set(declared)):
        others = f"known are {', '.join(sorted(declared))}" if declared else "this takes none"
        raise InvalidOptionError(text("There is no option {names}; {others}.", names=", ".join(unknown), others=others))
    if missing := sorted(name for name, one in declared.items() if one.required and name not in values):
        raise InvalidOptionError(text("The option {name} is missing.", name=missing[0]))
    return kind(**values)


_DECLARED: dict[type[Any], Mapping[str, Option]] = {}
_READERS: dict[type[Any], tuple[tuple[str, Reader], ...]] = {}


def declared_options(kind: type[Any]) -> Mapping[str, Option]:
    """Return the fields of an options class by name, in their order."""
    if kind not in _DECLARED:
        hints = typing.get_type_hints(kind)
        _DECLARED[kind] = {field.name: _declared(field, hints[field.name]) for field in dataclasses.fields(kind)}
    return _DECLARED[kind]


def _declared(field: dataclasses.Field[Any], annotation: Any) -> Option:
    kind, nullable = _without_none(annotation)
    required = field.default is _REQUIRED
    return Option(field.name, kind, nullable, required, field.default, field.metadata[_METADATA])


def _without_none(annotation: Any) -> tuple[Any, bool]:
    if typing.get_origin(annotation) not in (types.UnionType, typing.Union):
        return annotation, False
    (inner,) = (one for one in typing.get_args(annotation) if one is not type(None))
    return inner, True


def _check(self: Any) -> None:
    for name, read in _readers(type(self)):
        value = getattr(self, name)
        checked = read(name, value)
        if checked is not value:
            object.__setattr__(self, name, checked)
    for rule in self._rules:
        rule(self)


def _readers(kind: type[Any]) -> tuple[tuple[str, Reader], ...]:
    if kind not in _READERS:
        # On first use, so that the start of a program pays for no class that it does not need.
        _READERS[kind] = tuple((name, _reader(one)) for name, one in declared_options(kind).items())
    return _READERS[kind]


def _reader(declared: Option) -> Reader:
    """Return what checks a field's values.

    Raises:
        TypeError: The declaration says too little for the type.
    """
    read = declared.declaration.read or _reader_of_type(declared.kind, declared.declaration)
    return _unless_none(read) if declared.nullable else read


def _reader_of_type(kind: Any, declaration: Declaration) -> Reader:
    if declaration.choices is not None:
        return _choice(kind, declaration.choices)
    if kind in (int, float):
        return _number(kind, declaration)
    if kind is str:
        return _filled_text(declaration.filled) if declaration.filled else _text
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    if is_options(kind):
        return _nested(kind)
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return _list(arguments[0], declaration)
    raise TypeError(f"An option of type {kind} must declare how it is read.")


def _unless_none(read: Reader) -> Reader:
    return lambda name, value: None if value is None else read(name, value)


def _number(kind: type[Any], declaration: Declaration) -> Reader:
    low, high = declaration.low, declaration.high
    if low is None or high is None:
        raise TypeError("An option that is a number must declare its range.")
    if kind is int:
        whole_low, whole_high = int(low), int(high)

        def read_integer(name: str, value: Any) -> int:
            check_integer(name, value, whole_low, whole_high)
            return int(value)

        return read_integer

    def read_number(name: str, value: Any) -> float:
        check_number(name, value, low, high)
        if declaration.above and value == low:
            raise InvalidOptionError(
                text(
                    "{name} must be above {low:g} and at most {high:g}, got {value!r}.",
                    name=name,
                    low=low,
                    high=high,
                    value=value,
                )
            )
        return float(value)

    return read_number


def _choice(kind: type[Any], choices: Collection[Any]) -> Reader:
    known = ", ".join(str(one) or '""' for one in choices)

    def read(name: str, value: Any) -> Any:
        # True does not count as 1, and an unhashable value is not in any set.
        if type(value) is not kind or value not in choices:
            raise InvalidOptionError(
                text("{name} must be one of {known}, got {value!r}.", name=name, known=known, value=value)
            )
        return value

    return read


def _flag(name: str, value: Any) -> Any:
    check_flag(name, value)
    return value


def _text(name: str, value: Any) -> Any:
    check_text(name, value)
    return value


def _filled_text(filled: str) -> Reader:
    def read(name: str, value: Any) -> Any:
        if not _text(name, value):
            raise InvalidOptionError(text("{name} must name {filled}.", name=name, filled=filled))
        return value

    return read


def _bytes(name: str, value: Any) -> bytes:
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise InvalidOptionError(text("{name} must be bytes, got {kind}.", name=name, kind=type(value).__name__))
    return bytes(value)


_SIMPLE: Mapping[Any, Reader] = {bool: _flag, bytes: _bytes}


def _nested(kind: type[Any]) -> Reader:
    def read(name: str, value: Any) -> Any:
        if isinstance(value, kind):
            return value
        if not isinstance(value, Mapping):
            fields = ", ".join(declared_options(kind))
            raise InvalidOptionError(
                text("{name} must be an object with {fields}, got {value!r}.", name=name, fields=fields, value=value)
            )
        return options_from(kind, value)

    return read


def _list(kind: Any, declaration: Declaration) -> Reader:
    """Return what reads a list, which is a tuple afterwards: JSON has no tuples."""
    if kind is str:
        return _texts
    if kind is int:
        return _integers(declaration)
    each, item = declaration.each or _reader_of_type(kind, Declaration(doc="")), declaration.item

    def read(name: str, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, (list, tuple)):
            raise InvalidOptionError(text("{name} must be a list, got {value!r}.", name=name, value=value))
        return tuple(each(f"{item} {number}", one) for number, one in enumerate(value, 1))

    return read


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(one, str) for one in value):
        raise InvalidOptionError(text("{name} must be a list of strings, got {value!r}.", name=name, value=value))
    return tuple(value)


def _integers(declaration: Declaration) -> Reader:
    low, high, item = declaration.low, declaration.high, declaration.item
    if low is None or high is None:
        raise TypeError("An option that is a list of numbers must declare their range.")
    whole_low, whole_high = int(low), int(high)

    def read(name: str, value: Any) -> tuple[int, ...]:
        if not isinstance(value, (list, tuple)):
            raise InvalidOptionError(
                text("{name} must be a list of {item}s, got {value!r}.", name=name, item=item, value=value)
            )
        for one in value:
            check_integer(name, one, whole_low, whole_high)
        return tuple(value)

    return read


@options
class NoOptions:
    """No options."""
