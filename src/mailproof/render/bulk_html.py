"""The summary of many domains or messages as one page of HTML: no script, nothing fetched."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from html import escape

from mailproof.model.bulk import BulkSummary
from mailproof.model.many_messages import MessagesSummary, SenderCount
from mailproof.render.shown import clean
from mailproof.render.text.bulk import name_servers
from mailproof.render.words import entitled

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


#: The name, the number, and the share that the bar shows.
_Line = tuple[str, int, float]


def render_bulk_html(summary: BulkSummary, titles: Mapping[str, str]) -> str:
    """The page of many domains. ``titles`` are those of the rules."""
    return _page(
        f"{summary.domains:,} domains checked",
        f"{summary.complete:,} known in full, {summary.not_asked:,} not in the zones or the recording given, "
        f"{summary.not_found:,} do not exist, "
        f"{summary.failed:,} could not be worked on; {summary.unreadable:,} lines of the list no domain, "
        f"{summary.repeated:,} repeated. {summary.queries:,} DNS queries in {summary.elapsed_s:,.0f} s.",
        (
            ("Verdict", _of(summary.verdicts, summary.domains)),
            ("Grade", _of(summary.grades)),
            (
                "Published",
                [
                    (name, each.have, _share(each.have, each.known))
                    for name, each in summary.adoption
                    if each.known
                ],
            ),
            ("DMARC policy", _of(summary.dmarc_policies)),
            ("Commonest findings", _of(entitled(summary.findings, titles), summary.domains)),
            ("Commonest providers", _of(summary.providers, summary.domains)),
            *((title, _of(rows, summary.domains)) for title, rows in name_servers(summary)),
        ),
        unfinished=summary.unfinished,
    )


def render_messages_html(summary: MessagesSummary, titles: Mapping[str, str]) -> str:
    """The page of many messages. ``titles`` are those of the rules."""
    more = [
        f" {number:,} more {what} are not listed."
        for number, what in ((summary.more_senders, "senders"), (summary.more_selectors, "keys"))
        if number
    ]
    return _page(
        f"{summary.messages:,} messages verified",
        f"{summary.complete:,} known in full, {summary.unread:,} could not be read.{''.join(more)}",
        (
            ("Verdict", _of(summary.verdicts, summary.messages)),
            ("SPF", _of(summary.spf)),
            ("DKIM", _of(summary.dkim)),
            ("DMARC", _of(summary.dmarc)),
            ("Senders, with their messages and the share that passes DMARC", _passing(summary.senders)),
            ("DKIM keys, with their signatures and the share that passes", _passing(summary.selectors)),
            ("First finding", _of(entitled(summary.findings, titles), summary.messages)),
        ),
        unfinished=summary.unfinished,
    )


def _page(title: str, words: str, tables: Sequence[tuple[str, Sequence[_Line]]], *, unfinished: bool) -> str:
    """All names come from outside: none of them can become markup."""
    head = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy()}">'
        f"<title>{title}</title><style>{_STYLE}</style></head>"
    )
    ended = "<p><strong>The run was not finished.</strong></p>" if unfinished else ""
    shown = "".join(_table(*each) for each in tables)
    return f"{head}<body><main><h1>{title}</h1>{ended}<p>{words}</p>{shown}</main></body></html>\n"


def _policy() -> str:
    """Nothing but this page's own style."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'"


def _of(rows: Sequence[tuple[str, int]], whole: int = 0) -> list[_Line]:
    """``whole`` 0: their sum."""
    whole = whole or sum(number for _, number in rows)
    return [(name, number, _share(number, whole)) for name, number in rows]


def _passing(rows: Sequence[SenderCount]) -> list[_Line]:
    return [(each.name, each.messages, _share(each.passed, each.messages)) for each in rows]


def _share(number: int, whole: int) -> float:
    return number / whole if whole else 0.0


def _table(title: str, rows: Sequence[_Line]) -> str:
    if not rows:
        return ""
    lines = "".join(_row(*row) for row in rows)
    return f"<table><caption>{title}</caption><tbody>{lines}</tbody></table>"


def _row(name: str, number: int, share: float) -> str:
    meter = f'<meter min="0" max="1" value="{share:.4f}">{share:.1%}</meter>'
    shown = escape(clean(name))
    return f'<tr><th scope="row">{shown}</th><td>{number:,}</td><td>{share:.1%}</td><td>{meter}</td></tr>'
