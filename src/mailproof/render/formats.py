"""The registry of report formats: a new one is a function and a line in ``FORMATS``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Literal, NamedTuple

from mailproof.render.look import Look

if TYPE_CHECKING:
    from mailproof.model import Report
    from mailproof.render.verdict import Verdict


Closing = Callable[[Sequence[tuple[str, "Verdict"]], int, Look], str]


class Format(NamedTuple):
    """One format: its name for ``-f``, its file extensions, and its renderer below ``mailproof.render``.

    ``takes``: ``each`` renders reports one at a time as they are finished, with ``opening`` before the first
    and ``between`` as separator; ``all`` renders them together at the end. ``modules`` are imported by the
    first call of ``render``. A ``branded`` format shows whose report it is; a ``printed`` one renders a page
    that a browser prints to PDF.
    """

    name: str
    endings: tuple[str, ...]
    takes: Literal["each", "all"]
    by: str
    between: str = ""
    opening: str = ""
    close: Closing | None = None
    modules: tuple[str, ...] = ()
    branded: bool = False
    printed: bool = False

    def render(self, reports: Sequence[Report], look: Look) -> str:
        module, _, function = self.by.partition(".")
        rendered: str = getattr(import_module(f"mailproof.render.{module}"), function)(reports, look)
        return rendered

    def __str__(self) -> str:
        return self.name


def _closing(found: Sequence[tuple[str, Verdict]], code: int, look: Look) -> str:
    from mailproof.render.text import render_closing

    return render_closing(found, code, look)


CSV_HEAD = (
    "domain,subject,rule,severity,message,name,type,record,file,line,fix_kind,fix,fix_records,because_of,"
    "fingerprint\n"
)
_RICH = ("rich.style", "rich.segment", "rich.text", "rich.console", "rich.table")
_SHOWN = (*_RICH, "mailproof.render.text", "mailproof.render.text.domain")

FORMATS = (
    Format("text", (".txt",), "each", "text.render_text", between="\n\n", close=_closing, modules=_SHOWN),
    Format("json", (".json",), "all", "json.render_json", modules=("mailproof.render.json",)),
    Format("svg", (".svg",), "all", "text.render_svg", modules=_SHOWN),
    Format("html", (".html", ".htm"), "all", "html.render_html", branded=True),
    Format("pdf", (".pdf",), "all", "html.render_printed", branded=True, printed=True),
    Format("jsonl", (".jsonl", ".ndjson"), "each", "json.render_jsonl"),
    Format("csv", (".csv",), "each", "csv.render_csv", opening=CSV_HEAD),
    Format("markdown", (".md",), "all", "markdown.render_markdown"),
    Format("concise", (), "each", "concise.render_concise"),
    Format("sarif", (".sarif", ".sarif.json"), "all", "sarif.render_sarif"),
    Format("junit", (".xml",), "all", "junit.render_junit"),
    Format("github", (), "all", "github.render_github"),
    Format("gitlab", (), "all", "gitlab.render_gitlab"),
)
TEXT = FORMATS[0]
MARKDOWN, GITHUB = (next(each for each in FORMATS if each.name == name) for name in ("markdown", "github"))


def named(name: str) -> Format | None:
    """The format of that name, if any."""
    return next((each for each in FORMATS if each.name == name), None)


def by_file_name(name: str) -> Format | None:
    """The format for a file name, by its longest matching extension, if any."""
    found = [(len(end), each) for each in FORMATS for end in each.endings if name.lower().endswith(end)]
    return max(found, key=lambda pair: pair[0])[1] if found else None
