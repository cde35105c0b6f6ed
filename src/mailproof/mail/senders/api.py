"""Requests and replies of one provider's HTTP API. No input or output: see ``http_sender``."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, Literal
from urllib.parse import quote

import msgspec
from msgspec import Struct

from mailproof.config.settings import SubmitSettings
from mailproof.credentials import Secret, revealed
from mailproof.errors import UsageError
from mailproof.mail.envelope import envelope_address
from mailproof.mail.http_exchange import Response
from mailproof.mail.senders.fields import Fields, Person, fields_of
from mailproof.model import SenderKind
from mailproof.printable import clean
from mailproof.redaction import learn

#: Characters kept of a provider's message.
MAX_WORDS = 1000

#: Changes that a provider may always make. ``headers``: nonstandard fields are lost.
Rewrite = Literal["Message-ID", "Date", "Return-Path", "boundaries", "encodings", "headers", "links", "html"]
#: Changes by providers that rebuild the message from its parts.
REBUILT: tuple[Rewrite, ...] = ("Message-ID", "Date", "Return-Path", "boundaries", "encodings")


#: Why most have no dry run.
SENDS_ONLY = "its API has no way to check without sending"

#: A path in decoded JSON: keys of objects and indexes of list items.
Where = tuple[str | int, ...]


class Keys(Struct, frozen=True):
    """The fetched secrets of one API."""

    key: Secret | None = None
    token: Secret | None = None
    refresh_token: Secret | None = None


class Mail(Struct, frozen=True):
    """The message to send. ``token`` is an OAuth token, if the API uses one."""

    raw: bytes
    mail_from: str
    recipients: tuple[str, ...]
    now: datetime
    token: str = ""
    dry_run: bool = False

    @property
    def encoded(self) -> str:
        return base64.b64encode(self.raw).decode()

    def fields(self, provider: str) -> Fields:
        """The message split into fields. Raises UsageError if it has parts that no API can carry."""
        return fields_of(self.raw, provider)

    def people(self, fields: Fields) -> tuple[Person, ...]:
        """The recipients, with names from To and Cc. The envelope decides: such APIs have no other."""
        names = {each.address.lower(): each.name for each in (*fields.to, *fields.cc)}
        return tuple(Person(each, names.get(each.lower(), "")) for each in self.recipients)


class Request(Struct, frozen=True):
    """A POST request: URL, header fields, content."""

    url: str
    fields: tuple[tuple[str, str], ...]
    content: bytes


class Answer(Struct, frozen=True):
    """A parsed reply. ``code`` is the provider's own; ``simulated``: accepted, but not sent."""

    accepted: bool
    provider_id: str = ""
    code: str = ""
    words: str = ""
    simulated: bool = False


class Unreadable(Exception):
    """A reply that does not match the provider's documentation; the message says how."""


class Api:
    """One provider. A subclass defines the request and how to parse the reply."""

    kind: ClassVar[SenderKind]
    name: ClassVar[str]
    rewrites: ClassVar[tuple[Rewrite, ...]]
    #: Whose envelope sender is used: ours, ours for the domain only, or the provider's.
    envelope: ClassVar[Literal["ours", "domain", "theirs"]] = "theirs"
    #: "" if its API checks key, region and sender without sending; else why it has no dry run.
    no_dry_run: ClassVar[str] = ""
    gives_id: ClassVar[bool] = True
    #: The API's base URLs by region; the first is the default.
    bases: ClassVar[tuple[tuple[str, str], ...]]
    #: The statuses of an acceptance, and the paths to the message's id in its JSON, or else its header field.
    taken: ClassVar[tuple[int, ...]] = (200,)
    id_at: ClassVar[tuple[Where, ...]] = ()
    id_field: ClassVar[str] = ""
    #: Path and value in the JSON that indicate an acceptance, for APIs whose errors may have such a status
    #: too.
    said_at: ClassVar[Where] = ()
    said: ClassVar[str | int] = ""
    #: Paths to an error's code and message in the JSON: the first one that yields text is used.
    code_at: ClassVar[tuple[Where, ...]] = ()
    words_at: ClassVar[tuple[Where, ...]] = ()

    def __init__(self, settings: SubmitSettings, keys: Keys) -> None:
        self.settings, self.keys = settings, keys

    @property
    def base(self) -> str:
        """The base URL, without a final slash."""
        if self.settings.url:
            return self.settings.url.rstrip("/")
        return dict(self.bases).get(self.settings.region) or self.bases[0][1]

    @property
    def key(self) -> str:
        return revealed(self.keys.key)

    @property
    def refresh_token(self) -> str:
        return revealed(self.keys.refresh_token)

    def token_request(self, mail: Mail) -> Request | None:
        """The request for an OAuth token; None if none is needed. Raises CredentialError."""
        return None

    def request(self, mail: Mail) -> Request:
        """The request that sends the message. Raises UsageError if this API cannot carry it."""
        raise NotImplementedError

    def answer(self, reply: Response, mail: Mail) -> Answer:
        """Parse the reply. Raises Unreadable."""
        if reply.status not in self.taken:
            return self.refusal(reply)
        data = json_of(reply) if self.id_at or self.said_at else {}
        if self.said_at and (said := at(data, *self.said_at)) != self.said:
            if said in (None, "") and not self.code(data):
                raise Unreadable(f"the reply has no {self.said_at[-1]}")
            return Answer(False, code=self.code(data), words=self.words(data) or plain(reply))
        names = (text_at(data, *place).strip("<>") for place in self.id_at)
        named = next((name for name in names if name.strip("0")), clean(reply.field(self.id_field), 200))
        words = self.words(data) or plain(reply)
        if not (named or self.said_at) and (code := self.code(data)):  # an error, whatever the status
            return Answer(False, code=code, words=words)
        return Answer(True, named, words=words, simulated=self.simulated(reply, mail))

    def simulated(self, reply: Response, mail: Mail) -> bool:
        """Whether an accepted message is not actually sent."""
        return mail.dry_run

    def code(self, data: Any) -> str:
        """The provider's own error code."""
        return first_at(data, *self.code_at)

    def words(self, data: Any) -> str:
        """The provider's error message."""
        return first_at(data, *self.words_at)

    def refusal(self, reply: Response) -> Answer:
        return refusal(reply, self.code, self.words)


def json_request(url: str, fields: tuple[tuple[str, str], ...], contents: object) -> Request:
    """A POST request with JSON content."""
    return Request(url, (("Content-Type", "application/json"), *fields), msgspec.json.encode(contents))


def filled(**values: Any) -> dict[str, Any]:
    """The non-empty values."""
    return {name: value for name, value in values.items() if value}


def basic(user: str, password: str) -> tuple[str, str]:
    """HTTP basic authentication (RFC 7617)."""
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    learn(pair)
    return "Authorization", f"Basic {pair}"


def bearer(token: str) -> tuple[str, str]:
    """A bearer token (RFC 6750)."""
    return "Authorization", f"Bearer {token}"


def segment(text: str) -> str:
    """Quote a name as a segment of a URL's path."""
    return quote(text, safe="@")


def envelope(mail: Mail) -> tuple[str, tuple[str, ...]]:
    """The envelope, with domains in A-labels. Raises UsageError."""
    return envelope_address(mail.mail_from), tuple(map(envelope_address, mail.recipients))


def header_recipients(mail: Mail, provider: str) -> None:
    """Raises UsageError unless header and envelope have the same recipients: the provider uses the header."""
    fields = mail.fields(provider)
    named = {each.address.lower() for each in (*fields.to, *fields.cc)}
    if named != {each.lower() for each in mail.recipients}:
        raise UsageError(
            f"{provider} sends to the addresses in To and Cc ({', '.join(sorted(named)) or 'none'}), and the "
            f"recipient of the profile is {', '.join(mail.recipients)}: make them the same"
        )


def as_text(raw: bytes, provider: str) -> str:
    """A message as text for JSON. Raises UsageError if it is not UTF-8."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise UsageError(
            f"{provider} takes a message as text, and this one has octets that are not UTF-8"
        ) from None


def json_of(reply: Response) -> dict[str, Any]:
    """The JSON object of a reply. Raises Unreadable."""
    try:
        data = msgspec.json.decode(reply.body)
    except (msgspec.DecodeError, RecursionError):
        raise Unreadable("the reply is not JSON") from None
    if not isinstance(data, dict):
        raise Unreadable("the reply is JSON, but not an object")
    return data


def at(data: Any, *path: str | int) -> Any:
    """The value at a path in decoded JSON; None if there is none."""
    for step in path:
        if isinstance(step, str):
            data = data.get(step) if isinstance(data, dict) else None
        else:
            data = data[step] if isinstance(data, list) and -len(data) <= step < len(data) else None
    return data


def text_at(data: Any, *path: str | int) -> str:
    """The string or number at a path; "" if there is none."""
    value = at(data, *path)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return clean(str(value), MAX_WORDS)


def first_at(data: Any, *places: Where) -> str:
    """The first non-empty text at one of the paths."""
    return next(filter(None, (text_at(data, *place) for place in places)), "")


def plain(reply: Response) -> str:
    """The text of a reply that is not JSON."""
    return " ".join(clean(reply.body[: 4 * MAX_WORDS], 300, " ").split())


def refusal(reply: Response, code: Callable[[Any], str], words: Callable[[Any], str]) -> Answer:
    """The error in a reply, or its text if it is not JSON. Raises Unreadable for an undocumented success."""
    if 200 <= reply.status < 300:
        raise Unreadable(f"HTTP {reply.status} is not the success that it documents")
    try:
        data = json_of(reply)
    except Unreadable:
        return Answer(False, words=plain(reply))
    return Answer(False, code=code(data), words=words(data) or plain(reply))
