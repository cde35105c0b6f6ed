"""The summary of many domains as one page of HTML: no script, nothing fetched."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from html import escape

from mailproof.model.bulk import BulkSummary
from mailproof.render.shown import clean

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem;
  color: #111; background: #fff }
table { border-collapse: collapse; width: 100%; margin: 0 0 1.5rem }
caption { text-align: left; font-weight: 700; padding: .5rem 0 }
th, td { padding: .15rem .5rem .15rem 0; border-bottom: 1px solid #8884; text-align: left; font-weight: 400 }
td { text-align: right; width: 7rem; font-variant-numeric: tabular-nums }
meter { width: 100% }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #111 } }
"""


def render_bulk_html(summary: BulkSummary, titles: Mapping[str, str]) -> str:
    """The page. All names come from outside: none of them can become markup."""
    grades = sum(number for _, number in summary.grades)
    policies = sum(number for _, number in summary.dmarc_policies)
    adoption = [(name, share.have, share.known) for name, share in summary.adoption]
    found = [(f"{rule} {titles.get(rule, '')}", number) for rule, number in summary.findings]
    tables = [
        _table("Verdict", _of(summary.verdicts, summary.domains)),
        _table("Grade", _of(summary.grades, grades)),
        _table("Published", adoption),
        _table("DMARC policy", _of(summary.dmarc_policies, policies)),
        _table("Commonest findings", _of(found, summary.domains)),
        _table("Commonest providers", _of(summary.providers, summary.domains)),
        _table("Name servers that did not answer", _of(summary.silent_name_servers, summary.domains)),
    ]
    head = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy()}">'
        f"<title>{summary.domains:,} domains checked</title><style>{_STYLE}</style></head>"
    )
    unfinished = "<p><strong>The run was not finished.</strong></p>" if summary.unfinished else ""
    lines = (
        f"{summary.complete:,} known in full, {summary.not_found:,} do not exist, "
        f"{summary.failed:,} could not be worked on; {summary.unreadable:,} lines of the list no domain, "
        f"{summary.repeated:,} repeated. {summary.queries:,} DNS queries in {summary.elapsed_s:,.0f} s."
    )
    body = f"<h1>{summary.domains:,} domains checked</h1>{unfinished}<p>{lines}</p>{''.join(tables)}"
    return f"{head}<body><main>{body}</main></body></html>\n"


def _policy() -> str:
    """Nothing but this page's own style."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'"


def _of(rows: Sequence[tuple[str, int]], whole: int) -> list[tuple[str, int, int]]:
    return [(name, number, whole) for name, number in rows]


def _table(title: str, rows: Sequence[tuple[str, int, int]]) -> str:
    if not rows:
        return ""
    lines = "".join(_row(*row) for row in rows)
    return f"<table><caption>{title}</caption><tbody>{lines}</tbody></table>"


def _row(name: str, number: int, whole: int) -> str:
    share = number / whole if whole else 0.0
    meter = f'<meter min="0" max="1" value="{share:.4f}">{share:.1%}</meter>'
    shown = escape(clean(name))
    return f'<tr><th scope="row">{shown}</th><td>{number:,}</td><td>{share:.1%}</td><td>{meter}</td></tr>'
