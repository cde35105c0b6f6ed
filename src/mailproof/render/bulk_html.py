"""The summary of many domains or messages as a single HTML page without scripts or external resources."""

from __future__ import annotations

from collections.abc import Sequence

from mailproof.render.html.document import digest
from mailproof.render.html.markup import text
from mailproof.render.sums import Line, Sums

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem;
  color: #111; background: #fff }
table { border-collapse: collapse; width: 100%; margin: 0 0 1.5rem }
caption { text-align: left; font-weight: 700; padding: .5rem 0 }
th, td { padding: .15rem .5rem .15rem 0; border-bottom: 1px solid #8884; text-align: left; font-weight: 400 }
th { overflow-wrap: anywhere }
td { text-align: right; width: 1%; min-width: 3rem; font-variant-numeric: tabular-nums }
meter { width: min(7rem, 15vw) }
meter::-webkit-meter-optimum-value { background: #36c }
meter::-moz-meter-bar { background: #36c }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #111; color-scheme: dark } }
"""


def render_sums_html(sums: Sums) -> str:
    """Render the summary of many domains or messages; all names are untrusted and escaped."""
    # Only this page's own style is allowed.
    policy = f"default-src 'none'; style-src '{digest(_STYLE)}'"
    head = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<title>{sums.title}</title><style>{_STYLE}</style></head>"
    )
    cost = f"<p>{sums.cost}</p>" if sums.cost else ""
    notes = "".join(f"<li>{each}</li>" for each in sums.notes)
    notes = f"<ul>{notes}</ul>" if notes else ""
    tables = "".join(_table(*each) for each in sums.tables)
    return f"{head}<body><main><h1>{sums.title}</h1>{cost}{notes}{tables}</main></body></html>\n"


def _table(title: str, rows: Sequence[Line]) -> str:
    if not rows:
        return ""
    lines = "".join(_row(*row) for row in rows)
    return f"<table><caption>{title}</caption><tbody>{lines}</tbody></table>"


def _row(name: str, number: int, share: float) -> str:
    meter = f'<meter min="0" max="1" value="{share:.4f}">{share:.1%}</meter>'
    return (
        f'<tr><th scope="row">{text(name)}</th><td>{number:,}</td><td>{share:.1%}</td><td>{meter}</td></tr>'
    )
