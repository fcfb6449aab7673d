"""Translate the texts that people read. The English text in the code is the key of its translation.

Every sentence that reaches a person goes through `text` or `plural`. `python -m web.texts` collects them in a catalogue
(``py/onsight.pot``) that translation tools read; `use` makes a translation take effect.

Example:
    >>> text("The file could not be read ({reason}).", reason="disk full")
    'The file could not be read (disk full).'
    >>> plural(2, "{count} picture", "{count} pictures")
    '2 pictures'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

Translation = Mapping[str, str | tuple[str, ...]]
"""Texts of another language by the English text. For `plural`: by the singular, a tuple of that language's forms."""

_translation: Translation = {}
_form_of: Callable[[int], int] = lambda count: int(count != 1)  # noqa: E731  # replaced by `use`


def use(translation: Translation, form_of: Callable[[int], int] | None = None) -> None:
    """Make a translation take effect; an empty one restores English.

    Args:
        translation: Texts by English text; texts that are missing stay English.
        form_of: Returns which of a tuple's forms a number takes, as gettext's ``plural`` expression does; None for
            English's two forms.
    """
    global _translation, _form_of
    _translation = translation
    _form_of = form_of or (lambda count: int(count != 1))


def text(source: str, /, **values: object) -> str:
    """Return a text in the user's language.

    Args:
        source: The English text, a literal with ``str.format`` fields: ``"{count:,} files were skipped."``.
        **values: The values of the fields.
    """
    translated = _translation.get(source, source)
    return (translated if isinstance(translated, str) else source).format(**values)


def plural(count: int, one: str, many: str, /, **values: object) -> str:
    """Return the form of a text that fits a number.

    Args:
        count: The number; in the text it is the field ``{count}``, shown with thousands separators.
        one: The English text for 1, a literal.
        many: The English text for other numbers, a literal.
        **values: The values of further fields.
    """
    forms = _translation.get(one)
    if isinstance(forms, tuple) and forms:
        chosen = forms[min(_form_of(count), len(forms) - 1)]
    else:
        chosen = one if count == 1 else many
    return chosen.format(count=f"{count:,}", **values)
