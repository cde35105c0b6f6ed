"""The dated catalogue of what servers and receivers say (``bounces*.toml``), and what of it fits a text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import force_setattr

from mailproof.data.reading import read
from mailproof.structs import replace

About = Literal["sender", "recipient"]
Degree = Literal["certain", "likely", "code only"]
Needle = tuple[str, ...]

#: Receivers' own codes and words, those of gateways and smaller providers, and what all servers say.
FILES = ("bounces.toml", "bounces_providers.toml", "bounces_words.toml")
#: Characters of a text that are searched, and between the parts of a needle.
MAX_TEXT = 6000
MAX_GAP = 110
#: Places where a needle's first part is tried: a text that repeats one word is no notification.
MAX_TRIES = 50
#: From here on characters are of languages that put no spaces between words: Chinese, Japanese, Korean.
_NO_SPACES = "\u2e80"
#: What parts two statements, and what makes the opposite of one: no needle reaches over it.
_PARTED = re.compile(
    r"\||\bsaid: |-> |<- |: [245]\d\d[ -]|[.!?] [a-z]{2}|\b(?:not|never|no longer)\b|n['’]t\b"
)
#: What makes the opposite of the words that follow.
_DENIED = re.compile(r"(?:\b(?:not|never|no longer)|n['’]t)(?: (?:been|be|currently)| \w{1,20} n?or)? \Z")
#: Words of a URL are about something else, but for those that are of one.
_IN_URL = re.compile(r"://\S*\Z")
_OF_URL = re.compile(r"[./?=]")
#: So are those in the local part of an address.
_IN_LOCAL = re.compile(r"[\w.+=-]{0,64}@[\w-]")
#: How a code in brackets ends that begins like a needle: [TS0 and [TS04], but not a host's name in brackets.
_REST_OF_CODE = re.compile(r"\w{0,3}\]")
#: Causes on the recipient's side: what a server says before RCPT is none of them (RFC 5321 section 3.3).
_OF_RECIPIENT = frozenset(
    ("unknown-recipient", "mailbox-full", "recipient-disabled", "recipient-moved", "unknown-domain")
)
#: Of these, those that a temporary reply is not guessed to mean (RFC 5321: 450 "mailbox unavailable").
_LASTING = ("unknown-recipient", "recipient-moved")
_BEFORE_RCPT = ("CONN", "HELO", "MAIL")
_OF_SENDER = (".1.7", ".1.8")
#: Of signing in (RFC 4954).
_OF_LOGIN = (432, 454, 530, 534, 535, 538)
_REFUSED = {"CONN": "refused at the greeting", "HELO": "HELO refused", "MAIL": "MAIL FROM refused"}


class Needles(tuple[Needle, ...]):
    """What to look for: parts in their order (``a * b``); the longest first."""

    def __new__(cls, needles: Iterable[str] = ()) -> Needles:
        """From the words of the file."""
        parts = [tuple(part.strip().lower() for part in needle.split(" * ")) for needle in needles]
        return super().__new__(cls, sorted(parts, key=lambda each: -sum(map(len, each))))


class BounceEntry(Struct, frozen=True, kw_only=True):
    """One reply, its cause, the rules to check and what fixes it. See ``bounces.toml``."""

    id: str
    kind: str
    who: str
    source: str
    codes: tuple[str, ...] = ()
    replies: tuple[int, ...] = ()
    needles: Needles = Needles()
    likely: Needles = Needles()
    unless: Needles = Needles()
    only_codes: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    cause: str
    checks: tuple[str, ...]
    fix: str
    given_up: str = ""
    next: str
    about: About = "sender"
    strict: bool = False
    weight: float = 0.0
    general: bool = False


class Speaker(Struct, frozen=True):
    """A receiver, and the signs in a text that identify it."""

    name: str
    signs: tuple[str, ...]

    def __post_init__(self) -> None:
        force_setattr(self, "signs", tuple(map(str.lower, self.signs)))


class BounceList(Struct, frozen=True):
    """The catalogue. ``speakers`` are the receivers that signs in the text identify."""

    date: str
    sources: dict[str, str] = {}
    speakers: tuple[Speaker, ...] = field(name="speaker", default=())
    entries: tuple[BounceEntry, ...] = field(name="entry", default=())


class Match(Struct, frozen=True):
    """An entry that fits, how surely, and the phrase or code that it rests on."""

    entry: BounceEntry
    degree: Degree
    score: float
    phrase: str = ""

    @property
    def certain(self) -> bool:
        """Whether the text leaves no other reading."""
        return self.degree == "certain"


@cache
def bounces() -> BounceList:
    """The bundled catalogue: all files as one."""
    tables = [read(name, BounceList) for name in FILES]
    sources = {name: page for table in tables for name, page in table.sources.items()}
    return BounceList(
        max(table.date for table in tables),
        sources,
        tuple(each for table in tables for each in table.speakers),
        tuple(
            replace(
                each,
                source=sources[each.source],
                given_up=each.given_up or each.fix,
                general=table is tables[-1],
            )
            for table in tables
            for each in table.entries
        ),
    )


@lru_cache(maxsize=64)
def kind_of_code(status: str) -> str:
    """The kind of cause that an enhanced code alone means; "" for none."""
    return next((each.kind for each in bounces().entries if status in each.only_codes), "")


def speakers_in(text: str, sender: str = "") -> tuple[str, ...]:
    """The receivers that the text shows signs of; the ``sender``'s own domain is none."""
    lower = text.lower()
    if sender:
        lower = re.sub(rf"(?<![\w.-]){re.escape(sender)}(?![\w-])", "", lower)
    return tuple(each.name for each in bounces().speakers if any(sign in lower for sign in each.signs))


def matches(
    text: str,
    statuses: Iterable[str],
    code: int = 0,
    *,
    registered: frozenset[str] = frozenset(),
    command: str = "",
    sender: str = "",
    recipient: str = "",
) -> tuple[Match, ...]:
    """What fits a text with these enhanced codes and this reply code, the best first.

    ``registered`` are the codes that have a sense of their own in the registry: alone they do not show that
    the receiver is one that uses them otherwise. ``command`` is the SMTP command that was refused,
    ``sender`` the domain of the sender, if the text names it; ``recipient`` the address, whose domain is no
    reason, whatever its words.
    """
    data = bounces()
    said = " ".join(text[:MAX_TEXT].split())
    coded = [each for each in statuses if each]
    lower, codes = said.lower(), frozenset(coded)
    name = recipient.rpartition("@")[2].lower()
    if "." in name and not _is_needle(name):
        lower = lower.replace(name, "x" * len(name))
    about_sender = (
        command in _BEFORE_RCPT or code in _OF_LOGIN or bool(coded and coded[0].endswith(_OF_SENDER))
    )
    temporary = (str(code) if code else "".join(coded[:1]))[:1] == "4"
    shown = speakers_in(text, sender)
    names = {each.name for each in data.speakers}
    found: list[Match] = []
    for entry in data.entries:
        if about_sender and entry.kind in _OF_RECIPIENT:
            continue
        if entry.who in names and shown and entry.who not in shown:
            continue
        own = codes.intersection(entry.codes)
        if (entry.codes and not own) or (entry.replies and code not in entry.replies):
            continue
        match = _match(
            entry, lower, said, own, codes, command=command, known=entry.who in shown, registered=registered
        )
        if match is not None:
            guessed = match.degree != "certain" or (entry.who in names and entry.who not in shown)
            code_alone = not match.phrase.strip("0123456789.")
            if guessed and match.degree == "certain" and (entry.strict or (code_alone and own & registered)):
                match = Match(entry, "code only" if code_alone else "likely", match.score - 4, match.phrase)
            if not (temporary and match.degree == "likely" and entry.kind in _LASTING):
                found.append(match)
    return tuple(sorted(found, key=lambda each: -each.score))


@lru_cache(maxsize=64)
def _is_needle(name: str) -> bool:
    needles = (needle for each in bounces().entries for needle in (*each.needles, *each.likely, *each.unless))
    return any(name in part for needle in needles for part in needle)


def _match(
    entry: BounceEntry,
    lower: str,
    said: str,
    own: frozenset[str],
    codes: frozenset[str],
    *,
    command: str,
    known: bool,
    registered: frozenset[str],
) -> Match | None:
    """How an entry fits by its words, else by its codes; None where it does not."""
    start, end = _longest(lower, entry.needles)
    degree: Degree = "certain"
    if not end and entry.likely:
        start, end = _longest(lower, entry.likely)
        degree = "likely"
    if (entry.unless and _longest(lower, entry.unless)[1]) or (not end and entry.needles):
        start = end = 0
        alone = codes.intersection(entry.only_codes)
        if command in entry.commands:
            return Match(entry, "likely", 0.7, _REFUSED[command])
        if not alone:
            return None
        return Match(entry, "code only", 0.5 + entry.weight / 10, min(alone))
    if entry.general:  # below what one receiver or server says in its own words
        return Match(
            entry,
            degree,
            (2.5 if degree == "certain" else 0.8) + entry.weight / 2 + (end - start) / 1000,
            said[start:end],
        )
    score = entry.weight + (3.0 if known else 0) + (end - start) / 1000
    score += 4.0 if end and degree == "certain" else 1.5 if end else 0
    score += (2.0 if own & registered else 5.0 if own else 0) + (0.5 if entry.replies else 0)
    return Match(entry, degree, score, said[start:end] if end else min(own, default=""))


def _longest(text: str, needles: Needles) -> tuple[int, int]:
    """Where the longest needle is in the text; (0, 0) where none does. The longest come first."""
    for needle in needles:
        if needle[0] in text and (found := _stands(text, needle))[1]:
            return found
    return 0, 0


def _stands(text: str, needle: Needle) -> tuple[int, int]:
    """Where the needle's parts are as whole words, in their order and near each other."""
    begin, tries = -1, 0
    while tries < MAX_TRIES and (begin := text.find(needle[0], begin + 1)) >= 0:
        tries += 1
        denied = _DENIED.search(text, max(0, begin - 30), begin)
        in_url = _IN_URL.search(text, max(0, begin - 200), begin) and not _OF_URL.search(needle[0])
        if denied or in_url or not _whole(text, begin, needle[0], last=len(needle) == 1):
            continue
        end = begin + len(needle[0])
        for number, part in enumerate(needle[1:], 2):
            at = text.find(part, end, end + MAX_GAP + len(part))
            while at >= 0 and not _whole(text, at, part, last=number == len(needle)):
                at = text.find(part, at + 1, end + MAX_GAP + len(part))
            if at < 0 or _PARTED.search(text, end, at):
                break
            end = at + len(part)
        else:
            if not _IN_LOCAL.match(text, end):
                return begin, end
    return 0, 0


def _whole(text: str, at: int, part: str, *, last: bool) -> bool:
    """Whether the match is not part of a longer word; a plural and the like are let through."""
    if part[0] >= _NO_SPACES:
        return True
    if part[0].isalnum() and at and (text[at - 1].isalnum() or text[at - 1] == "_"):
        return False
    end = at + len(part)
    if part[0] == "[" and "]" not in part:
        return _REST_OF_CODE.match(text, end) is not None
    if not last or not part[-1].isalpha():
        return True
    return not re.match(r"(?!(?:s|es|d|ed|ing)\b)\w", text[end : end + 8])
