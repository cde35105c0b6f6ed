"""Parse sending services' webhook events (JSON): Amazon SES and SNS, SendGrid, Mailgun, Postmark.

No service is special-cased: their events share a field for the recipient, fields for the server's reply, and
an event name.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import islice

from msgspec import Struct

from mailproof.mail.dsn.fields import MAX_RECIPIENTS, typed
from mailproof.mail.dsn.replies import Reply, find_reply
from mailproof.mail.reply_codes import STATUS, codes_of
from mailproof.model import ReturnedMessage
from mailproof.model.bounce import Notification, NotifiedRecipient
from mailproof.printable import clean
from mailproof.records.mailboxes import parse_addresses

#: The most characters of a text, levels of nesting, and values that are parsed.
MAX_EVENTS = 300_000
MAX_DEPTH = 14
MAX_VALUES = 5000
#: The most values naming recipients whose surroundings are searched.
MAX_NAMED = 100
#: The most characters of a value.
MAX_TEXT = 1000


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


#: Recipient fields. The first one a document has counts: others may hold all addresses of To.
_RECIPIENT = _words(
    """
    emailaddress bounced_recipient recipientaddress rcpt_to rcpt recipient recipients address email to
    destination
    """
)
_SENDER = _words("friendly_from from sender source senderaddress")
#: The server's reply, and the service's comment on it.
_SAID = _words(
    "diagnosticcode diag raw_reason smtpresponse response output message details detail delay_reason reason"
    " comment error description bounce_description statusmessage errordetail diagnostic_message context"
)
_EVENT = _words(
    "event type eventtype notificationtype recordtype severity state action status bouncetype bouncesubtype"
    " subtype category complaintfeedbacktype queue_name event_name"
)
_CODE = _words("code error_code smtp_code")
_STATUS = _words("status enhanced-code")
_HOST = _words("mx-host host remotemtaip")
#: The start of an object or list, possibly after the start of a log line.
_BEGINS = re.compile(r"\A[^{]{0,200}\{\s{0,40}[\w\"']")
_TOKEN = re.compile(
    r"(?P<mark>[\[\]{}])|(?:\"(?:[^\"\\]|\\.)*(?:\"|\Z)|'(?:[^'\\]|\\.)*(?:'|\Z)|[\w.+-]+)(?P<key>\s*:)?",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
#: Word boundaries in the name of an event: OnAccountSuppressionList, hard_bounce.
_SEAM = re.compile(r"(?<=[a-z])(?=[A-Z])|[_.]")
_ACTIONS = (
    ("delayed", re.compile(r"\b(?:defer|delay|temporary|soft)", re.IGNORECASE)),
    ("failed", re.compile(r"\b(?:bounce|fail|drop|block|reject|hard|error)", re.IGNORECASE)),
    ("complaint", re.compile(r"\b(?:compl|spam)", re.IGNORECASE)),
    ("delivered", re.compile(r"\b(?:deliver|sent|send|open|click|process)", re.IGNORECASE)),
)


class _Value(Struct, frozen=True):
    """A scalar value; ``path`` identifies the objects and lists that contain it."""

    name: str
    text: str
    path: tuple[int, ...]

    def names(self, *names: str) -> bool:
        """Whether it has one of these names and contains an address."""
        return self.name in names and "@" in self.text

    def is_event(self) -> bool:
        return self.name in _EVENT and not self.text[:1].isdigit()


def read_events(text: str) -> Notification | None:
    """Parse events into recipients, each with the server's reply. None if the text holds no events."""
    if not _BEGINS.match(text):
        return None
    values = list(islice(_values(text[:MAX_EVENTS]), MAX_VALUES))
    key = next((name for name in _RECIPIENT if any(each.names(name) for each in values)), None)
    if key is None or not any(each.is_event() or each.name == "diagnosticcode" for each in values):
        return None
    found: dict[str, NotifiedRecipient | None] = {}
    places = _Places(values, key)
    for each in [each for each in values if each.names(key)][:MAX_NAMED]:
        for mailbox in parse_addresses(each.text).mailboxes:
            address = mailbox.address
            if not found.get(address.lower()):
                found[address.lower()] = _recipient(address, each.path, places)
    recipients = tuple(filter(None, found.values()))[:MAX_RECIPIENTS]
    if not recipients:
        return None
    sender = next((each.text for each in values if each.names(*_SENDER)), "")
    domains = parse_addresses(sender).domains
    returned = ReturnedMessage(from_header=clean(sender), from_domain=domains[0]) if domains else None
    return Notification(recipients, returned=returned)


def _values(text: str, within: tuple[int, ...] = ()) -> Iterator[_Value]:
    """All scalar values, in order; those in a list have the list's name.

    Truncated text or near-JSON (as programs print it) is parsed as far as possible.
    """
    waiting: list[tuple[tuple[int, ...], str]] = [(within, "")]
    name = ""
    for number, found in enumerate(_TOKEN.finditer(text)):
        path, listed = waiting[-1]
        mark = found["mark"]
        if mark and mark in "[{":
            waiting.append(((*path, number)[:MAX_DEPTH], (name or listed) if mark == "[" else ""))
            name = ""
        elif mark:
            if len(waiting) > 1:
                waiting.pop()
        elif found["key"]:
            name = found[0].rstrip(": \t\r\n").strip("\"'").lower()
        else:
            value = _unescaped(found[0])
            if value[:1] in ("{", "[") and _BEGINS.match(value) and len(within) < MAX_DEPTH // 2:
                yield from _values(value, (*path, number))
            elif value:
                yield _Value(name or listed, clean(value, MAX_TEXT), path)
            name = ""


def _unescaped(token: str) -> str:
    if token[:1] not in "\"'":
        return token
    return _ESCAPE.sub(_character, token[1:-1])


def _character(found: re.Match[str]) -> str:
    escape = found[1]
    return chr(int(escape[1:], 16)) if len(escape) > 1 else _ESCAPED.get(escape, escape)


class _Places:
    """The values in each object or list itself, those below it, and how many recipients those name."""

    def __init__(self, values: list[_Value], key: str) -> None:
        self.own: defaultdict[tuple[int, ...], list[_Value]] = defaultdict(list)
        self.below: defaultdict[tuple[int, ...], list[_Value]] = defaultdict(list)
        for each in values:
            self.own[each.path].append(each)
            for end in range(1, len(each.path) + 1):
                self.below[each.path[:end]].append(each)
        named = {each.path for each in values if each.names(key)}
        self.recipients = Counter(path[:end] for path in named for end in range(1, len(path) + 1))

    def around(self, path: tuple[int, ...]) -> list[_Value]:
        """Values that may be about a recipient there: all below, unless there are other recipients too."""
        return self.own[path] if self.recipients[path] > 1 else self.below[path]


def _recipient(address: str, path: tuple[int, ...], places: _Places) -> NotifiedRecipient | None:
    """What an event says next to an address, or else in the nearest enclosing object that has a reply.

    None if it only says that the message was delivered.
    """
    above = [each for end in range(1, len(path) + 1) for each in places.own[path[:end]]]
    levels = (places.around(path[:end]) for end in range(len(path), 0, -1))
    around = next((level for level in levels if any(each.name in _SAID for each in level)), above)
    said = [typed(each.text) for name in _SAID for each in around if each.name == name]
    events = dict.fromkeys(_SEAM.sub(" ", each.text) for each in (*above, *around) if each.is_event())
    action = next((word for word, form in _ACTIONS if form.search(" ".join(events))), "")
    if not said and action in ("", "delivered"):
        return None
    heard = (find_reply((each,)) for each in said)
    reply = next((each for each in heard if each.code), Reply())
    text = reply.text or next(iter(said), "")
    coded = (each.text for each in around if each.name in _CODE and re.fullmatch("[245]..", each.text))
    code = reply.code or int(next(coded, "0")) or codes_of(text)[0]
    statuses = (each.text for each in (*places.own[path], *around) if each.name in _STATUS)
    status = next(filter(STATUS.fullmatch, statuses), "")
    return NotifiedRecipient(
        address=address,
        action=action,
        status=reply.status or codes_of(text)[1] or status,
        code=code,
        reply=text if text.startswith(str(code or "")) else f"{code} {text}",
        words=" ".join((*said, *events)),
        remote_mta=next((each.text for each in around if each.name in _HOST), "").partition(" ")[0],
    )
