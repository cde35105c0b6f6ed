"""Parses address headers: groups, IDN, comments, encoded words (RFC 5322 section 3.4, RFC 6532)."""

from __future__ import annotations

import re

from msgspec import Struct

from mailproof.names import a_labels
from mailproof.records.header_text import Token, decode_words, tokenize
from mailproof.records.remember import remembered

#: More mailboxes than this in one field are not read.
MAX_MAILBOXES = 1000
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\Z")


class Mailbox(Struct, frozen=True):
    """One mailbox. ``domain`` is in lower-case A-labels, or "" if it is not a valid DNS name.

    ``local`` is unquoted; ``group`` is the name of the enclosing group.
    """

    local: str
    domain: str
    display: str = ""
    group: str = ""
    text: str = ""

    @property
    def address(self) -> str:
        """local@domain."""
        return f"{self.local}@{self.domain}"


class AddressList(Struct, frozen=True):
    """The parsed value of an address header. ``problems`` are phrases to show."""

    mailboxes: tuple[Mailbox, ...]
    problems: tuple[str, ...] = ()

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains, each once, in order."""
        return tuple(dict.fromkeys(box.domain for box in self.mailboxes if box.domain))


@remembered(1024)
def domain_to_ascii(domain: str) -> str:
    """The domain of an address in lower-case A-labels (RFC 5891), or "" if it is not a DNS name."""
    try:
        text = a_labels(domain.strip().rstrip("."))
    except UnicodeError:
        return ""
    if len(text) > 253 or not all(_LABEL.match(label) for label in text.split(".")):
        return ""
    return text


def address_domain(address: str) -> str:
    """The domain of a bare address (``a@b``, ``<a@b>``, ``@b``), in A-labels, or ""."""
    return domain_to_ascii(address.strip().strip("<>").rpartition("@")[2]) if "@" in address else ""


@remembered(1024)
def parse_addresses(value: str) -> AddressList:
    """Parse an address header (RFC 5322 section 3.4). Never raises; faults are in ``problems``."""
    mailboxes: list[Mailbox] = []
    problems: list[str] = []
    group = ""
    pending: list[Token] = []
    in_angle = False
    tokens = _tokens(value)
    problems.extend(f"a {token.kind} is not closed" for token in tokens if not token.closed)
    for token in tokens:
        char = token.text if token.kind == "special" else ""
        if char == "<":
            in_angle = True
        elif char == ">":
            in_angle = False
        if char == ":" and not in_angle and not any(t.text == "@" for t in pending[-64:]):
            group, pending = _phrase(pending), []
        elif char in (",", ";") and char and not in_angle:
            _close(pending, group, value, mailboxes, problems)
            pending = []
            group = "" if char == ";" else group
        else:
            pending.append(token)
        if len(mailboxes) >= MAX_MAILBOXES:
            problems.append(f"more than {MAX_MAILBOXES} addresses: the rest was not read")
            return AddressList(tuple(mailboxes), tuple(problems[:20]))
    _close(pending, group, value, mailboxes, problems)
    if not mailboxes and not problems:
        problems.append("it has no address")
    return AddressList(tuple(mailboxes), tuple(problems[:20]))


def _tokens(value: str) -> tuple[Token, ...]:
    """Tokenize; if an unclosed quote or parenthesis swallowed the address, treat it as a single character."""
    tokens = tokenize(value, "<>,:;@")
    last = tokens[-1] if tokens else None
    if last is None or last.closed or last.kind not in ("quoted", "comment") or "@" not in last.text:
        return tokens
    before = value[: last.start]
    rest = tokenize(f"{' ' * (last.start + 1)}{value[last.start + 1 :]}", "<>,:;@")
    mark = Token(last.kind, "", last.start, last.start + 1, closed=False)
    return (*tokenize(before, "<>,:;@"), mark, *rest)


def _close(
    tokens: list[Token], group: str, value: str, mailboxes: list[Mailbox], problems: list[str]
) -> None:
    """Append the mailbox formed by the tokens between two commas."""
    solid = [token for token in tokens if token.kind != "comment"]
    if not solid:
        return
    text = value[solid[0].start : solid[-1].end]
    marks = [token.text if token.kind == "special" else "" for token in solid]
    opening, start, end = _opening(marks), 0, len(solid)
    if opening is None:
        display = " ".join(t.text for t in tokens if t.kind == "comment")
    else:
        display = _phrase(solid[:opening])
        if "@" in marks[:opening]:
            display = decode_words(value[solid[0].start : solid[opening].start].strip())
        start, end = _angle(marks, opening, text, problems)
    marks, inside = marks[start:end], solid[start:end]
    if "@" not in marks:
        problems.append(f"{text[:80]!r} is not an address: it has no @")
        return
    at = len(marks) - 1 - marks[::-1].index("@")
    first, last = _around(inside, at) if marks.count("@") == 1 else (0, len(inside))
    if first > 0 or last < len(inside):
        problems.append(f"words are beside the address in {text[:80]!r}")
        display = display or _phrase([*inside[:first], *inside[last:]])
    local = "".join(t.text for t in inside[first:at])
    if marks.count("@") > 1:
        problems.append(f"{text[:80]!r} has two @ signs")
    domain_tokens = inside[at + 1 : last]
    if any(t.kind == "literal" for t in domain_tokens):
        problems.append(f"{text[:80]!r} has an address literal instead of a domain")
        mailboxes.append(Mailbox(local, "", display, group, text))
        return
    written = "".join(t.text for t in domain_tokens)
    domain = domain_to_ascii(written)
    if not domain:
        problems.append(f"{written[:80]!r} is not a domain name")
    mailboxes.append(Mailbox(local, domain, display, group, text))


def _angle(marks: list[str], opening: int, text: str, problems: list[str]) -> tuple[int, int]:
    """Where the address in angle brackets starts and ends; notes what is wrong with them."""
    start, end, before = opening + 1, len(marks), marks[:opening]
    if ">" in marks[start:]:
        end = marks.index(">", start)
    else:
        problems.append(f"'<' is not closed in {text[:80]!r}")
    if "@" in before:
        problems.append(f"there is an @ without quotes before the address in {text[:80]!r}")
    if "<" in before or "<" in marks[start:end]:
        problems.append(f"'<' appears twice in {text[:80]!r}")
    elif ">" in before:
        problems.append(f"there is a '>' before the address in {text[:80]!r}")
    if ":" in marks[start:end]:  # a route
        start = marks.index(":", start) + 1
    return start, end


def _around(tokens: list[Token], at: int) -> tuple[int, int]:
    """Where the address around the @ starts and ends: words without a dot between them are several."""

    def apart(index: int) -> bool:
        one, other = tokens[index - 1 : index + 1]
        words = {one.kind, other.kind} <= {"word", "quoted"}
        return words and not one.text.endswith(".") and not other.text.startswith(".")

    first = next((index for index in range(at - 1, 0, -1) if apart(index)), 0)
    return first, next((index for index in range(at + 2, len(tokens)) if apart(index)), len(tokens))


def _phrase(tokens: list[Token]) -> str:
    return decode_words(" ".join(t.text for t in tokens if t.kind in ("word", "quoted")))


def _opening(marks: list[str]) -> int | None:
    """The index of the "<" that opens the address: if the display name has others, the last before an @."""
    opened: int | None = None
    for i, mark in enumerate(marks):
        if mark == "@" and opened is not None:
            return opened
        opened = i if mark == "<" else None if mark == ">" else opened
    return marks.index("<") if "<" in marks else None
