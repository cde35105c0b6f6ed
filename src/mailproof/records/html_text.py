"""Links, images and visible text of HTML, by a scan that no input can slow down."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from mailproof.model.content import ContentLink

#: Characters of HTML that are read, and links that are kept.
MAX_HTML = 1_000_000
MAX_LINKS = 300
_ATTRIBUTE = (
    r"\b{name}\s{{0,20}}=\s{{0,20}}(?:\"([^\"<>]{{0,4000}})\"|'([^'<>]{{0,4000}})'|([^\s\"'<>]{{1,4000}}))"
)
_ANCHOR = re.compile(r"<a\b([^<>]{0,8000})>", re.IGNORECASE)
_ANCHOR_END = re.compile(r"</a\b", re.IGNORECASE)
_HREF = re.compile(_ATTRIBUTE.format(name="href"), re.IGNORECASE)
_IMAGE = re.compile(r"<img\b", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,20000}>")
_SAFE_LINK = re.compile(
    r"https://[a-z0-9.-]{1,60}\.safelinks\.protection\.outlook\.com/\?url=([^&]{1,4000})", re.IGNORECASE
)
_HIDDEN = {
    name: (
        re.compile(rf"<{name}[ >\n\r\t]", re.IGNORECASE | re.ASCII),
        re.compile(rf"</{name}[^>]*>?", re.IGNORECASE | re.ASCII),
    )
    for name in ("style", "script", "head", "title")
}
#: Comments, but not conditional ones, which Outlook shows.
_HIDDEN["comment"] = (re.compile(r"<!--(?!\[if)"), re.compile("-->"))
_ANY_HIDDEN = re.compile(r"<(?:style|script|head|title|!--)", re.IGNORECASE | re.ASCII)
#: Tags that do not separate words, and invisible characters.
_INLINE = re.compile(
    r"</?(?:b|i|u|s|em|strong|span|font|wbr|small|big|code|tt)\b[^<>]{0,20000}>", re.IGNORECASE
)
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


@lru_cache(maxsize=1)  # two callers pass the same text
def visible_text(source: str) -> str:
    """The displayed text, without tags, styles and scripts; white space is unchanged."""
    text = source[:MAX_HTML]
    if _ANY_HIDDEN.search(text):
        for name in _HIDDEN:
            text = _without(text, name)
    return html.unescape(_TAG.sub(" ", text))


def _without(text: str, name: str) -> str:
    """Remove the elements of that name."""
    opening, closing = _HIDDEN[name]
    kept, at = [], 0
    while found := opening.search(text, at):
        kept.append(text[at : found.start()])
        end = closing.search(text, found.start())
        at = end.end() if end else len(text)
    return "".join((*kept, text[at:])) if kept else text


def images_in(source: str) -> int:
    """The number of ``<img>`` tags."""
    return sum(1 for _ in _IMAGE.finditer(source[:MAX_HTML]))


def links_in(source: str) -> tuple[ContentLink, ...]:
    """The links, at most MAX_LINKS."""
    text = _without(source[:MAX_HTML], "comment")
    found: list[ContentLink] = []
    for anchor in _ANCHOR.finditer(text):
        href = _HREF.search(anchor[1])
        if href is None:
            continue
        target = html.unescape(next(group for group in href.groups() if group is not None)).strip()
        end = _ANCHOR_END.search(text, anchor.end(), anchor.end() + 4000)
        shown = text[anchor.end() : end.start()] if end else ""
        words = " ".join(html.unescape(_TAG.sub(" ", _INLINE.sub("", shown))).translate(_UNSEEN).split())
        if wrapped := _SAFE_LINK.match(target):  # Microsoft's scanner rewrites links to its own host
            target = unquote(wrapped[1])
        found.append(ContentLink(target[:2000], host_of(target), words[:500]))
        if len(found) == MAX_LINKS:
            break
    return tuple(found)


def host_of(target: str) -> str:
    """The host of a web address in lower case; "" if it is not one."""
    try:
        parts = urlsplit(target.strip())
        host = parts.hostname or ""
    except ValueError:
        return ""
    return host.rstrip(".").lower() if parts.scheme.lower() in ("http", "https") else ""
