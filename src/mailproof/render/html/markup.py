"""Elements and text: everything except markup created by this module is escaped.

Records, replies and messages are untrusted. No text becomes markup, no element has an inline style or event
handler (the page's policy would block them), and links stay within the page.
"""

from __future__ import annotations

from html import escape
from itertools import pairwise

from rich.text import Text

from mailproof.render.shown import clean
from mailproof.runners import IN_XML, disarmed

#: Characters of one text: longer ones are truncated, with a note.
MAX_TEXT = 10_000
_VOID = frozenset(("br", "hr", "img", "meta"))
#: Elements followed by a line end in the file; within others it would be visible white space.
_BLOCKS = frozenset(
    (
        *("article", "body", "details", "div", "dl", "dd", "footer", "head", "header", "h1", "h2"),
        *("h3", "h4", "li", "main", "meta", "nav", "ol", "p", "pre", "script", "section", "style"),
        *("summary", "svg", "table", "tbody", "thead", "title", "tr", "ul"),
    )
)


class Html(str):
    """Finished markup."""

    __slots__ = ()


def text(value: str, limit: int = MAX_TEXT) -> Html:
    """Untrusted text, made safe to show and escaped."""
    return value if isinstance(value, Html) else Html(disarmed(escape(clean(value, limit)), IN_XML))


def element(name: str, /, *content: str | None, **attributes: str | int | bool | None) -> Html:
    """An element. Content other than ``Html`` is escaped; None is omitted, as are attributes that are None.

    ``class_`` becomes ``class``, ``aria_label`` becomes ``aria-label``.
    """
    opened = name + "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Html(f"<{opened}>\n")
    inside = "".join(text(each) for each in content if each is not None)
    return Html(f"<{opened}>{inside}</{name}>" + ("\n" if name in _BLOCKS else ""))


def joined(*parts: str | None) -> Html:
    """Concatenate parts without an enclosing element."""
    return Html("".join(text(each) for each in parts if each is not None))


def _attribute(key: str, value: str | int | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    if name == "style" or name.startswith("on"):
        raise ValueError(f"{name}: the page's policy refuses it")
    if value is True:
        return f" {name}"
    written = str(value)
    if name in ("href", "src") and not written.startswith(("#", "data:image/")):
        raise ValueError(f"{name}: leads out of the page")
    shown = written if name == "src" else clean(written, MAX_TEXT)  # data: URIs of images may be long
    return f' {name}="{disarmed(escape(shown), IN_XML)}"'


def inline(value: str | Text) -> Html:
    """Styled text as spans: the style ``mp.fail`` becomes the class ``fail``."""
    if isinstance(value, str):
        return text(value)
    plain = value.plain
    marks = sorted({0, len(plain), *(at for span in value.spans for at in (span.start, span.end))})
    return joined(
        *(
            _styled(
                plain[start:end],
                [str(span.style) for span in value.spans if span.start <= start and end <= span.end],
                str(value.style),
            )
            for start, end in pairwise(marks)
        )
    )


def _styled(piece: str, styles: list[str], whole: str) -> Html:
    style = next((each for each in reversed([whole, *styles]) if each), "")
    name = style.removeprefix("mp.")
    return element("span", piece, class_=name) if style.startswith("mp.") and piece.strip() else text(piece)
