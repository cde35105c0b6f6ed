"""Parses the literals in Terraform's files: blocks, attributes, strings, lists and objects.

Computed values (functions, conditions, references) become an ``Expression``, which is not evaluated.
Every value has its place, as in JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from msgspec import Struct

from mailproof.dns.inputs.located import MAX_DEPTH, Node, Reader, Source

_BLOCK = re.compile(
    r'^(?:resource|data|module|variable|output|provider)\s+"[^"\n]*"[^\n]*\{|^(?:terraform|locals)\s*\{',
    re.MULTILINE,
)
_GAP = re.compile(r"(?:[ \t\r]|#[^\n]*|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_GAPS = re.compile(r"(?:[ \t\r\n]|#[^\n]*|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_][\w-]*")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_REFERENCE = re.compile(r'[A-Za-z_][\w-]*(?:\.[\w-]+|\[[0-9]{1,9}\]|\["[^"\n]{1,200}"\])+')
_HEREDOC = re.compile(r"<<(-?)([A-Za-z_][\w-]*)[ \t\r]*\n")
_TEXT = re.compile(r'(?:[^"\\$%\n]|\\.|\$\$\{|%%\{|\$(?!\{)|%(?!\{))+')
_LONG = re.compile(r"(?<!\\)((?:\\\\)*)\\U([0-9a-fA-F]{8})")
_ENDS = "\n,}])"


class Expression(Struct, frozen=True):
    """A computed value. ``reference`` is set if it is just a reference.

    ``parts`` are those of a string with references, in order: text and references.
    """

    reference: str = ""
    parts: tuple[str | Expression, ...] = ()


class Block(Struct, frozen=True):
    """A block: its kind, its labels, and its contents. ``offset`` is where it begins."""

    kind: str
    labels: tuple[str, ...]
    attributes: dict[str, Node]
    blocks: tuple[Block, ...]
    offset: int


def is_hcl(text: str) -> bool:
    """Whether a text has Terraform blocks."""
    return _BLOCK.search(text) is not None


def read_hcl(source: Source) -> Block:
    """Parse the file as a block without a kind. Raises ZoneFileError with the place of the first fault."""
    reader = _Reader(source, _GAPS)
    attributes, blocks, at = reader.body(0, 0)
    if at < len(source.text):
        raise reader.fault(at, "a } without a { before it")
    return Block("", (), attributes, blocks, 0)


class _Reader(Reader):
    def body(self, at: int, depth: int) -> tuple[dict[str, Node], tuple[Block, ...], int]:
        """The contents up to the closing } or the end of the file, and the offset of that."""
        attributes: dict[str, Node] = {}
        blocks: list[Block] = []
        while True:
            at = self.skip(at)
            if at >= len(self.text) or self.text[at] == "}":
                return attributes, tuple(blocks), at
            name = _NAME.match(self.text, at)
            if name is None:
                raise self.fault(at, "not Terraform from here on: a name was expected")
            after = self.skip(name.end(), _GAP)
            if self.text[after : after + 1] == "=":
                value, at = self.value(self.skip(after + 1, _GAP), depth + 1)
                attributes[name.group()] = value
            else:
                block, at = self.block(name, after, depth + 1)
                blocks.append(block)

    def block(self, name: re.Match[str], at: int, depth: int) -> tuple[Block, int]:
        labels: list[str] = []
        if depth > MAX_DEPTH:
            raise self.fault(name.start(), f"blocks are more than {MAX_DEPTH} deep inside each other")
        while self.text[at : at + 1] != "{":
            label = _NAME.match(self.text, at)
            if label is not None:
                labels.append(label.group())
                at = self.skip(label.end(), _GAP)
            elif self.text[at : at + 1] == '"':
                node, end = self.string(at, depth)
                labels.append(node.value if isinstance(node.value, str) else "")
                at = self.skip(end, _GAP)
            else:
                raise self.fault(at, "not Terraform from here on: = or { was expected")
        attributes, blocks, end = self.body(at + 1, depth)
        if end >= len(self.text):
            raise self.fault(end, "")
        return Block(name.group(), tuple(labels), attributes, blocks, name.start()), end + 1

    def value(self, start: int, depth: int) -> tuple[Node, int]:
        """The value of an attribute or element, and the offset of what follows it."""
        node, at = self.simple(start, depth)
        behind = self.skip(at, _GAP)
        if node is not None and (behind >= len(self.text) or self.text[behind] in _ENDS):
            return node, behind
        opened = int(node is None and self.text[start] in "[{")  # not read again from its bracket
        return Node(self.source, Expression(), start), self.past(at, depth, opened)

    def simple(self, at: int, depth: int) -> tuple[Node | None, int]:
        if depth > MAX_DEPTH:
            raise self.fault(at, f"values are more than {MAX_DEPTH} deep inside each other")
        first = self.text[at : at + 1]
        if first == '"':
            return self.string(at, depth)
        if first == "<":
            return self.heredoc(at)
        if first == "[":
            return self.array(at, depth)
        if first == "{":
            return self.object(at, depth)
        if number := _NUMBER.match(self.text, at):
            return Node(self.source, number.group(), at), number.end()
        if found := _REFERENCE.match(self.text, at):
            return Node(self.source, Expression(found.group()), at), found.end()
        if name := _NAME.match(self.text, at):
            words: dict[str, object] = {"true": True, "false": False, "null": None}
            known = name.group() in words
            return (Node(self.source, words[name.group()], at) if known else None), name.end()
        if not first or first in _ENDS:
            raise self.fault(at, "a value was expected")
        return None, at

    def string(self, start: int, depth: int) -> tuple[Node, int]:
        parts: list[str | Expression] = []
        at = start + 1
        while True:
            if match := _TEXT.match(self.text, at):
                parts.append(self.unescaped(match.group(), at))
                at = match.end()
            first = self.text[at : at + 1]
            if first == '"':
                break
            if first not in ("$", "%"):
                raise self.fault(at, "a quoted string is not closed on its line")
            end = self.past_template(at, depth)
            inner = self.text[at + 2 : end - 1].strip()
            parts.append(Expression(inner if first == "$" and _REFERENCE.fullmatch(inner) else ""))
            at = end
        if all(isinstance(part, str) for part in parts):
            return Node(self.source, "".join(map(str, parts)), start), at + 1
        return Node(self.source, Expression(parts=tuple(parts)), start), at + 1

    def unescaped(self, text: str, at: int) -> str:
        text = text.replace("$${", "${").replace("%%{", "%{")
        if "\\" not in text:
            return text
        try:
            text = _LONG.sub(lambda match: match[1] + chr(int(match[2], 16)), text)
            return str(json.loads(f'"{text}"', strict=False))
        except (ValueError, OverflowError):
            raise self.fault(at, "a string with an escape that is not known") from None

    def heredoc(self, at: int) -> tuple[Node | None, int]:
        head = _HEREDOC.match(self.text, at)
        if head is None:
            return None, at
        end = re.compile(rf"^[ \t]*{re.escape(head[2])}[ \t\r]*$", re.MULTILINE).search(self.text, head.end())
        if end is None:
            raise self.fault(len(self.text), "")
        lines = self.text[head.end() : end.start()].split("\n")[:-1]
        if head[1]:
            indents = [len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()]
            lines = [line[min(indents, default=0) :] for line in lines]
        text = "".join(f"{line.removesuffix(chr(13))}\n" for line in lines)
        value: object = Expression() if "${" in text or "%{" in text else text
        return Node(self.source, value, at), end.end()

    def array(self, start: int, depth: int) -> tuple[Node | None, int]:
        elements: list[Node] = []
        at = self.skip(start + 1)
        if re.match(r"for\s", self.text[at : at + 4]):
            return None, at
        while self.text[at : at + 1] != "]":
            element, at = self.value(at, depth + 1)
            elements.append(element)
            at = self.skip(at)
            if self.text[at : at + 1] == ",":
                at = self.skip(at + 1)
            elif self.text[at : at + 1] != "]":
                raise self.fault(at, "not Terraform from here on: , or ] was expected")
        return Node(self.source, tuple(elements), start), at + 1

    def object(self, start: int, depth: int) -> tuple[Node | None, int]:
        members: dict[str, Node] = {}
        at = self.skip(start + 1)
        if re.match(r"for\s", self.text[at : at + 4]):
            return None, at
        while self.text[at : at + 1] != "}":
            if name := _NAME.match(self.text, at):
                key, at = name.group(), name.end()
            elif self.text[at : at + 1] == '"':
                node, at = self.string(at, depth)
                key = node.value if isinstance(node.value, str) else ""
            else:
                return None, at
            at = self.skip(at, _GAP)
            if self.text[at : at + 1] not in ("=", ":"):
                return None, at
            members[key], at = self.value(self.skip(at + 1, _GAP), depth + 1)
            at = self.skip(at)
            if self.text[at : at + 1] == ",":
                at = self.skip(at + 1)
        return Node(self.source, members, start), at + 1

    def past(self, at: int, depth: int, opened: int = 0) -> int:
        """The end of an expression, of which no more is parsed; ``opened`` brackets are before ``at``."""
        while at < len(self.text):
            sign = self.text[at]
            if sign == '"':
                at = self.string(at, depth + 1)[1]
                continue
            if sign == "<" and _HEREDOC.match(self.text, at):
                at = self.heredoc(at)[1]
                continue
            if not opened and sign in _ENDS:
                return at
            if self.text.startswith("/*", at) and self.text.find("*/", at + 2) < 0:
                raise self.fault(at, "a comment that is not closed")
            opened += (sign in "([{") - (sign in ")]}")
            at = max(self.skip(at, _GAP), at + 1) if sign in "#/" else at + 1
        if opened:
            raise self.fault(at, "")
        return at

    def past_template(self, start: int, depth: int) -> int:
        """The offset after the } of ``${…}``."""
        if depth > MAX_DEPTH:
            raise self.fault(start, f"values are more than {MAX_DEPTH} deep inside each other")
        at, opened = start + 2, 1
        while opened:
            sign = self.text[at : at + 1]
            if not sign:
                raise self.fault(at, "")
            if sign == '"':
                at = self.string(at, depth + 1)[1]
                continue
            opened += (sign == "{") - (sign == "}")
            at += 1
        return at


def strings(block: Block) -> Iterator[Node]:
    """All string literals in a block, at any depth."""
    for value in block.attributes.values():
        yield from (each for each in value.walk() if isinstance(each.value, str))
    for inner in block.blocks:
        yield from strings(inner)
