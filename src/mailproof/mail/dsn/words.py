"""The text of a notification: where it ends, which recipients it names, and what it says of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from msgspec import Struct

from mailproof.mail.dsn.fields import MAX_RECIPIENTS
from mailproof.mail.forms import CUT, FORMS, HEADER, OTHER_LINES, OTHERS, POSSIBLE, QUOTED, TRACE

#: Characters of text that are kept for one recipient.
MAX_ABOUT = 3000
#: Sendmail's summary of any 550 for a recipient, below the reply.
_SUMMARY = re.compile(r"550 5\.1\.1 \S{3,330}\.\.\. User unknown")
_DAEMON = re.compile(r"mailer-daemon@", re.IGNORECASE)


class Named(Struct, frozen=True):
    """A recipient named in the text; the ``tier`` of the form that matched, and the lines about it."""

    address: str
    tier: int
    lines: tuple[str, ...]


def split_copy(lines: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The notification's own lines, and those of the message that it returns below them.

    Header fields that it quotes, such as the subject, are dropped.
    """
    for number, line in enumerate(lines):
        if CUT.match(line) or (TRACE.match(line) and _starts_header(lines, number)):
            below = number if HEADER.match(line) else number + 1
            while below < len(lines) and not lines[below].strip():
                below += 1
            return _unquoted(lines[:number]), tuple(lines[below:])
    return _unquoted(lines), ()


def _unquoted(lines: Sequence[str]) -> tuple[str, ...]:
    above = ("", *lines)
    return tuple(
        line
        for last, line in zip(above, lines, strict=False)
        if not (QUOTED.match(line) or POSSIBLE.match(line))
        and not (last.startswith("<<<") and _SUMMARY.match(line))
    )


def recipients_in(
    lines: Sequence[str], loosest: int, *, but: frozenset[str] = frozenset()
) -> tuple[Named, ...]:
    """The recipients matched by the strictest form that matches any, each with the lines about it.

    ``but`` are lower-case addresses (the sender's) that count only if no form matches another. The same goes
    for mail servers.
    """
    senders: list[tuple[int, str, bool]] = []
    for tier in range(1, loosest + 1):
        found = list(_named(lines, tier))
        others = [each for each in found if not (each[1].lower() in but or _DAEMON.match(each[1]))]
        if others:
            return _with_words(lines, others, tier)
        senders = senders or found
    return _with_words(lines, senders, loosest) if senders else ()


def _starts_header(lines: Sequence[str], number: int) -> bool:
    """Whether a whole header starts here, not just a similar line."""
    following = [line for line in lines[number + 1 : number + 12] if line[:1] not in (" ", "\t")]
    return not following or not following[0].strip() or bool(HEADER.match(following[0]))


def _named(lines: Sequence[str], tier: int) -> Iterator[tuple[int, str, bool]]:
    """Line number, address, and whether the reasons are above it."""
    seen: set[tuple[int, str]] = set()
    for number, line in enumerate(lines):
        if tier > 1 and OTHER_LINES.match(line):
            continue
        if tier > 2 and OTHERS.search(line):
            continue
        for form in FORMS:
            if form.tier != tier:
                continue
            for found in form.pattern.finditer(line):
                address = (found["a"] or found["b"] or "").strip("*").rstrip(".")
                if (number, address.lower()) not in seen:
                    seen.add((number, address.lower()))
                    yield number, address, form.above


def _with_words(lines: Sequence[str], found: list[tuple[int, str, bool]], tier: int) -> tuple[Named, ...]:
    """Each recipient once, with the lines up to the next one; a list of recipients shares what follows it."""
    about: dict[str, list[str]] = {}
    spelled: dict[str, str] = {}
    waiting: list[str] = []
    before = 0
    for place, (number, address, above) in enumerate(found):
        key = address.lower()
        spelled.setdefault(key, address)
        end = next((n for n, other, _ in found[place + 1 :] if other.lower() != key), len(lines))
        own = lines[before : number + 1] if above else lines[number:end]
        before = number + 1
        mine = about.setdefault(key, [])
        if above or says_something(own, address):
            for each in (*waiting, key):
                about[each].extend(own)
            waiting = []
        else:
            mine.extend(own)
            waiting.append(key)
    return tuple(Named(spelled[key], tier, _bounded(about[key])) for key in list(about)[:MAX_RECIPIENTS])


def says_something(lines: Sequence[str], address: str) -> bool:
    """Whether the lines about a recipient contain words besides the address."""
    return any(re.search(r"[A-Za-z]{3}", line.replace(address, "").partition("mailto:")[0]) for line in lines)


def _bounded(lines: list[str]) -> tuple[str, ...]:
    sizes = accumulate(map(len, lines))
    return tuple(line for line, size in zip(lines, sizes, strict=True) if size <= MAX_ABOUT)
