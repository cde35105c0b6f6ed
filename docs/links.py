"""What is wrong in a built site. It reads files alone, and asks nothing of the network.

Found are links and anchors that lead nowhere, pages that no page links to, lists that became text, and things
that a browser would fetch from elsewhere.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

#: What a browser fetches without being asked: element -> attributes.
FETCHED = {
    "script": ("src",),
    "link": ("href",),
    "img": ("src", "srcset"),
    "iframe": ("src",),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
    "audio": ("src",),
    "object": ("data",),
    "embed": ("src",),
}
#: Links of <link> that name a page, which nothing is fetched from.
NAMED_ONLY = {"canonical", "prev", "next", "alternate", "edit"}
_IN_CSS = re.compile(r"(?:url\(\s*|@import\s+)[\"']?(?P<target>(?:[a-z]+:)?//[^\"')\s]+)", re.IGNORECASE)
_ELSEWHERE = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_LIST = re.compile(r"^\s*(?:[-*]|\d+\.) ", re.MULTILINE)


@dataclass
class Page(HTMLParser):
    """The parts of a page that matter here."""

    anchors: set[str] = field(default_factory=lambda: {"", "top"})
    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)
    inside: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect what the element names."""
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        if tag == "p":
            self.inside = True
            self.paragraphs.append("")
        if tag in ("code", "pre"):
            self.inside = False
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag == "link" and values.get("rel") in NAMED_ONLY:
            self.links.append(values.get("href", ""))
        else:
            for name in FETCHED.get(tag, ()):
                value = values.get(name, "")
                each = (part.split()[0] for part in value.split(",") if part.strip())
                self.fetched += each if name == "srcset" else [value] * bool(value)

    def handle_endtag(self, tag: str) -> None:
        """A paragraph ends."""
        if tag == "p":
            self.inside = False

    def handle_data(self, data: str) -> None:
        """Text: of a paragraph or not."""
        if self.inside and self.paragraphs:
            self.paragraphs[-1] += data


def faults(site: Path) -> list[str]:
    """Each fault in a line: the file, and what is wrong with it."""
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    pages = {name: _read(site / name) for name in sorted(files) if name.endswith(".html")}
    found, linked = [], {"404.html", "index.html"}
    for name, page in pages.items():
        found += [f"{name}: {fault}" for fault in _of_page(name, pages, files)]
        linked |= {file for link in page.links if (file := _file(name, link, files))}
    found += [f"{name}: no page links to it" for name in pages if name not in linked]
    for name in sorted(files):
        if name.endswith(".css"):
            text = (site / name).read_text("utf-8")
            found += [f"{name}: fetches {each['target']}" for each in _IN_CSS.finditer(text)]
    return found


def _read(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text("utf-8"))
    page.close()
    return page


def _of_page(name: str, pages: dict[str, Page], files: set[str]) -> Iterator[str]:
    page = pages[name]
    for target in dict.fromkeys(page.fetched):
        if _ELSEWHERE.match(target):
            yield f"fetches {target}"
        elif not target.startswith("data:") and _file(name, target, files) is None:
            yield f"shows {target}, which is not there"
    for target in dict.fromkeys(page.links):
        if _ELSEWHERE.match(target) or target.startswith("mailto:"):
            continue
        file = _file(name, target, files)
        if file is None:
            yield f"links to {target}, which is not there"
        elif file in pages and unquote(target.partition("#")[2]) not in pages[file].anchors:
            yield f"links to {target}, which has no such anchor"
    for text in page.paragraphs:
        if "\n" in text and _LIST.search(text.partition("\n")[2]):
            yield f"a list without an empty line before it: {text.strip().splitlines()[0][:60]}"


def _file(name: str, target: str, files: set[str]) -> str | None:
    """The file in the site that a link of that page leads to; None where there is none."""
    if _ELSEWHERE.match(target):
        return None
    path = unquote(target.partition("#")[0].partition("?")[0])
    if not path:
        return name
    whole = posixpath.normpath(posixpath.join("/", posixpath.dirname(name), path)).lstrip("/")
    return next((each for each in (whole, f"{whole}/index.html".lstrip("/")) if each in files), None)
