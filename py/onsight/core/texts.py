"""Translate texts for the user. The English text in the code is the key of its translation.

Every sentence that the user sees goes through `text` or `plural`. `python -m web.texts` collects these sentences in a
catalogue (``py/onsight.pot``) for translation tools; `use` activates a translation.

Example:
    >>> text("The file could not be read ({reason}).", reason="disk full")
    'The file could not be read (disk full).'
    >>> plural(2, "{count} picture", "{count} pictures")
    '2 pictures'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

Translation = Mapping[str, str | tuple[str, ...]]
"""Translated texts by English text. For `plural`, the key is the singular and the value a tuple of forms."""

_translation: Translation = {}
_form_of: Callable[[int], int] = lambda count: int(count != 1)  # noqa: E731  # replaced by `use`


def use(translation: Translation, form_of: Callable[[int], int] | None = None) -> None:
    """Activate a translation; an empty one restores English.

    Args:
        translation: Translated texts by English text; missing ones stay English.
        form_of: Returns the index of the form for a number, like gettext's ``plural`` expression; None for English's
            two
        forms.
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
    """Return the singular or plural form of a text.

    Args:
        count: The number. The field ``{count}`` in the text shows it with thousands separators.
        one: The English text for 1, a literal.
        many: The English text for other numbers, a literal.
        **values: The values of other fields.
    """
    forms = _translation.get(one)
    if isinstance(forms, tuple) and forms:
        chosen = forms[min(_form_of(count), len(forms) - 1)]
    else:
        chosen = one if count == 1 else many
    return chosen.format(count=f"{count:,}", **values)
