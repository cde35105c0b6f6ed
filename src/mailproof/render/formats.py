"""The formats of a report, in one registry: a new one is a function and a line in ``FORMATS``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from mailproof.render.look import Look

if TYPE_CHECKING:
    from mailproof.model import Report
    from mailproof.render.verdict import Verdict


Closing = Callable[[Sequence[tuple[str, "Verdict"]], int, Look], str]


class Format(NamedTuple):
    """One format: its name for ``-f``, the endings of its files, and the function that renders reports.

    ``takes`` says how many reports it is given: ``each`` one at a time, as they come, with ``between``
    between two and ``opening`` before the first; ``all`` together at the end. ``modules`` are those that
    ``render`` loads when it is first called. A ``branded`` one says whose report it is;
    what a ``printed`` one renders is a page that a browser makes a PDF of.
    """

    name: str
    endings: tuple[str, ...]
    takes: Literal["each", "all"]
    render: Callable[[Sequence[Report], Look], str]
    between: str = ""
    opening: str = ""
    close: Closing | None = None
    modules: tuple[str, ...] = ()
    branded: bool = False
    printed: bool = False

    def __str__(self) -> str:
        return self.name


def _text(reports: Sequence[Report], look: Look) -> str:
    from mailproof.render.text import render_text

    return render_text(
        reports,
        width=look.width,
        color=look.color,
        unicode=look.unicode,
        verbose=look.verbose,
        quiet=look.quiet,
    )


def _closing(found: Sequence[tuple[str, Verdict]], code: int, look: Look) -> str:
    from mailproof.render.text import render_closing

    return render_closing(found, code, width=look.width, color=look.color, unicode=look.unicode)


def _json(reports: Sequence[Report], look: Look) -> str:
    from mailproof.render.json import render_json

    return render_json(reports)


def _svg(reports: Sequence[Report], look: Look) -> str:
    from mailproof.render.text import render_svg

    return render_svg(reports, verbose=look.verbose, quiet=look.quiet)


def _html(reports: Sequence[Report], look: Look) -> str:
    from mailproof.render.html import render_html

    return render_html(reports, look)


def _printed(reports: Sequence[Report], look: Look) -> str:
    from mailproof.render.html import render_html

    return render_html(reports, look, unfolded=True)


def _concise(reports: Sequence[Report], look: Look) -> str:
    from mailproof.render.concise import render_concise

    return render_concise(reports, look)


def _jsonl(reports: Sequence[Report], look: Look) -> str:
    from mailproof.render.jsonl import render_jsonl

    return render_jsonl(reports, look)


def _csv(reports: Sequence[Report], look: Look) -> str:
    from mailproof.render.csv import render_csv

    return render_csv(reports, look)


def _markdown(reports: Sequence[Report], look: Look) -> str:
    from mailproof.render.markdown import render_markdown

    return render_markdown(reports, look)


def _sarif(reports: Sequence[Report], look: Look) -> str:
    from mailproof.render.sarif import render_sarif

    return render_sarif(reports, look)


def _junit(reports: Sequence[Report], look: Look) -> str:
    from mailproof.render.junit import render_junit

    return render_junit(reports, look)


def _github(reports: Sequence[Report], look: Look) -> str:
    from mailproof.render.github import render_github

    return render_github(reports, look)


def _gitlab(reports: Sequence[Report], look: Look) -> str:
    from mailproof.render.gitlab import render_gitlab

    return render_gitlab(reports, look)


CSV_HEAD = (
    "domain,subject,rule,severity,message,name,type,record,file,line,fix_kind,fix,fix_records,because_of,"
    "fingerprint\n"
)
_RICH = ("rich.style", "rich.segment", "rich.text", "rich.console", "rich.table")
_SHOWN = (*_RICH, "mailproof.render.text", "mailproof.render.text.domain")

FORMATS = (
    Format("text", (".txt",), "each", _text, between="\n\n", close=_closing, modules=_SHOWN),
    Format("json", (".json",), "all", _json, modules=("mailproof.render.json",)),
    Format("svg", (".svg",), "all", _svg, modules=_SHOWN),
    Format("html", (".html", ".htm"), "all", _html, branded=True),
    Format("pdf", (".pdf",), "all", _printed, branded=True, printed=True),
    Format("jsonl", (".jsonl", ".ndjson"), "each", _jsonl),
    Format("csv", (".csv",), "each", _csv, opening=CSV_HEAD),
    Format("markdown", (".md",), "all", _markdown),
    Format("concise", (), "each", _concise),
    Format("sarif", (".sarif", ".sarif.json"), "all", _sarif),
    Format("junit", (".xml",), "all", _junit),
    Format("github", (), "all", _github),
    Format("gitlab", (), "all", _gitlab),
)
TEXT = FORMATS[0]
MARKDOWN, GITHUB = (next(each for each in FORMATS if each.name == name) for name in ("markdown", "github"))


def named(name: str) -> Format | None:
    """The format of that name; None where there is none."""
    return next((each for each in FORMATS if each.name == name), None)


def by_file_name(name: str) -> Format | None:
    """The format of a file of that name, by its longest ending; None where no format has it."""
    found = [(len(end), each) for each in FORMATS for end in each.endings if name.lower().endswith(end)]
    return max(found, key=lambda pair: pair[0])[1] if found else None
