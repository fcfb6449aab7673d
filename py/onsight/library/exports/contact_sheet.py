"""Export contact sheets: HTML pages with embedded thumbnails that load nothing and run no scripts."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from html import escape

from onsight.core.wording import percent
from onsight.library.database import Library
from onsight.library.exports.files import Choice, ExportFile, Picture, pictures

PER_PAGE = 500
"""Maximum number of pictures on a page; such a page has about 5 MB."""

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --paper: #f6f7f9; --card: #fff; --soft: #55606e; --line: #d9dde3; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ecf1; --paper: #14181d; --card: #1d232a; --soft: #a3adb9; --line: #343c46; }
}
body { margin: 0; padding: 1.5rem; background: var(--paper); color: var(--ink);
  font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.3rem; margin: 0 0 1rem; }
nav { margin: 1rem 0; display: flex; gap: 1rem; }
a { color: inherit; }
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); }
li { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; overflow: hidden;
  break-inside: avoid; }
img { display: block; width: 100%; aspect-ratio: 4 / 3; object-fit: contain; background: var(--paper); }
.facts { padding: .5rem .7rem .7rem; overflow-wrap: anywhere; }
.facts p { margin: 0; }
.name, .tags { color: var(--soft); font-size: .85rem; }
"""


def write(library: Library, images: Sequence[int], choice: Choice) -> Iterator[ExportFile]:
    """Yield ``contact-sheet.html``; if there are more than `PER_PAGE` pictures, yield several pages with links."""
    starts = range(0, max(len(images), 1), PER_PAGE)
    names = ["contact-sheet.html", *(f"contact-sheet-{number}.html" for number in range(2, len(starts) + 1))]
    for page, start in enumerate(starts):
        yield ExportFile(names[page], _page(library, images, start, names, page, choice))


def _page(
    library: Library, images: Sequence[int], start: int, names: Sequence[str], page: int, choice: Choice
) -> Iterator[bytes]:
    shown = images[start : start + PER_PAGE]
    count = f"{len(images):,} picture{'' if len(images) == 1 else 's'}"
    title = count if len(names) == 1 else f"{count}, page {page + 1} of {len(names)}"
    links = [
        f'<a href="{names[other]}">{word} page</a>'
        for other, word in ((page - 1, "Previous"), (page + 1, "Next"))
        if 0 <= other < len(names)
    ]
    navigation = f"<nav>{''.join(links)}</nav>" if links else ""
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        # Even if a file name could inject markup, the page could neither run scripts nor load anything.
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{navigation}<ul>\n"
    ).encode()
    for picture in pictures(library, shown, choice):
        row = library.connection.execute(
            "SELECT data FROM thumbnail WHERE image = ?", (picture.facts["id"],)
        ).fetchone()
        yield _item(picture, row["data"] if row else b"").encode("utf-8", "backslashreplace")
    yield f"</ul>\n{navigation}</body>\n</html>\n".encode()


def _item(picture: Picture, thumbnail: bytes) -> str:
    facts = picture.facts
    source = f"data:image/jpeg;base64,{base64.b64encode(thumbnail).decode()}"
    label, name = escape(facts["label"]), escape(facts["name"])
    sure = f" · {percent(facts['label_score'])}" if facts["label_term"] is not None else ""
    tags = escape(", ".join(picture.tagged.keywords.subjects))
    return (
        f'<li><img src="{source}" alt="{label}" loading="lazy"><div class="facts"><p>{label}{sure}</p>'
        f'<p class="name" title="{escape(picture.path)}">{name}</p><p class="tags">{tags}</p></div></li>\n'
    )
