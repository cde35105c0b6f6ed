"""A strict HTML parser: elements that are not closed in order and duplicate ids are errors."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(("br", "hr", "img", "meta", "link", "input"))


@dataclass(slots=True, eq=False)
class Element:
    name: str
    attributes: dict[str, str | None]
    content: list[Element | str] = field(default_factory=list)

    def all(self, *names: str) -> list[Element]:
        """The descendants with these names, in order; all of them if none is given."""
        found = []
        for each in self.content:
            if isinstance(each, Element):
                found += [each] if not names or each.name in names else []
                found += each.all(*names)
        return found

    @property
    def text(self) -> str:
        return "".join(each if isinstance(each, str) else each.text for each in self.content)

    def with_class(self, name: str) -> list[Element]:
        return [each for each in self.all() if name in (each.attributes.get("class") or "").split()]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self._open = [self.root]
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        assert len(element.attributes) == len(attrs), f"an attribute twice in <{tag}>"
        name = element.attributes.get("id")
        assert name is None or name not in self.ids, f"id {name} twice"
        self.ids |= {name} if name else set()
        self._open[-1].content.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raise AssertionError(f"<{tag}/>: not HTML")

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].name == tag, f"</{tag}> closes <{self._open[-1].name}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].content.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data[:40]}")


def parsed(page: str) -> Element:
    """Parse a page. Raises AssertionError if it is not well-formed."""
    assert page.startswith("<!DOCTYPE html>\n")
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert [each.name for each in reader._open] == [""], "an element is not closed"
    for each in reader.root.all():
        for key in ("aria-labelledby", "aria-describedby", "data-copy"):
            for name in (each.attributes.get(key) or "").split():
                assert name in reader.ids, f"{key}={name} leads nowhere"
    return reader.root
