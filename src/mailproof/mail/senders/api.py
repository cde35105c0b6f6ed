"""What one provider's HTTP API wants and says. Nothing here does input or output: see ``http_sender``."""

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

#: Characters of a provider's words that are kept.
MAX_WORDS = 1000

#: What a provider may always change. ``headers``: other fields than the usual ones are lost.
Rewrite = Literal["Message-ID", "Date", "Return-Path", "boundaries", "encodings", "headers", "links", "html"]
#: What the parts of a message built anew by a provider lose.
REBUILT: tuple[Rewrite, ...] = ("Message-ID", "Date", "Return-Path", "boundaries", "encodings")


#: Why most have no dry run.
SENDS_ONLY = "its API has no way to check without sending"

#: Where something is in decoded JSON: keys of objects and numbers of list items.
Where = tuple[str | int, ...]


class Keys(Struct, frozen=True):
    """The secrets of one API, fetched."""

    key: Secret | None = None
    token: Secret | None = None
    refresh_token: Secret | None = None


class Mail(Struct, frozen=True):
    """What is to be sent. ``token`` is an OAuth token, where the API takes one."""

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
        """The message taken apart. Raises UsageError where it has what no API can carry."""
        return fields_of(self.raw, provider)

    def people(self, fields: Fields) -> tuple[Person, ...]:
        """The recipients, named as in To and Cc. The envelope decides: such APIs have no other."""
        names = {each.address.lower(): each.name for each in (*fields.to, *fields.cc)}
        return tuple(Person(each, names.get(each.lower(), "")) for each in self.recipients)


class Request(Struct, frozen=True):
    """A POST: a URL, header fields, contents."""

    url: str
    fields: tuple[tuple[str, str], ...]
    content: bytes


class Answer(Struct, frozen=True):
    """What a reply says. ``code`` is the provider's own; ``simulated``: accepted, and not sent."""

    accepted: bool
    provider_id: str = ""
    code: str = ""
    words: str = ""
    simulated: bool = False


class Unreadable(Exception):
    """A reply that is not what the provider documents; the words say how."""


class Api:
    """One provider. A subclass says what to ask and how to read the reply."""

    kind: ClassVar[SenderKind]
    name: ClassVar[str]
    rewrites: ClassVar[tuple[Rewrite, ...]]
    #: Whose envelope sender is used: ours, only the domain of ours, or the provider's.
    envelope: ClassVar[Literal["ours", "domain", "theirs"]] = "theirs"
    #: Whether its API checks key, region and sender without sending; else why not.
    no_dry_run: ClassVar[str] = ""
    gives_id: ClassVar[bool] = True
    #: The API's base URL by region; the first is used where none is configured.
    bases: ClassVar[tuple[tuple[str, str], ...]]
    #: The statuses of an acceptance, and where its JSON has the message's id, else which field of its header.
    taken: ClassVar[tuple[int, ...]] = (200,)
    id_at: ClassVar[tuple[Where, ...]] = ()
    id_field: ClassVar[str] = ""
    #: Where the JSON says whether it is an acceptance, and what it then says; for those whose errors may have
    #: such a status too.
    said_at: ClassVar[Where] = ()
    said: ClassVar[str | int] = ""
    #: Where the JSON of an error has its code and its words: the first place that has a text.
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
        """The request for an OAuth token; None where none is needed. Raises CredentialError."""
        return None

    def request(self, mail: Mail) -> Request:
        """The request that sends. Raises UsageError for a message that this API cannot carry."""
        raise NotImplementedError

    def answer(self, reply: Response, mail: Mail) -> Answer:
        """What the reply says. Raises Unreadable."""
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
        return Answer(True, named, words=words, simulated=self.simulated(reply, mail))

    def simulated(self, reply: Response, mail: Mail) -> bool:
        """Whether what was accepted is not sent."""
        return mail.dry_run

    def code(self, data: Any) -> str:
        """The provider's own code of an error."""
        return first_at(data, *self.code_at)

    def words(self, data: Any) -> str:
        """The provider's words for an error."""
        return first_at(data, *self.words_at)

    def refusal(self, reply: Response) -> Answer:
        return refusal(reply, self.code, self.words)


def json_request(url: str, fields: tuple[tuple[str, str], ...], contents: object) -> Request:
    """A request with JSON."""
    return Request(url, (("Content-Type", "application/json"), *fields), msgspec.json.encode(contents))


def filled(**values: Any) -> dict[str, Any]:
    """The values that are not empty."""
    return {name: value for name, value in values.items() if value}


def basic(user: str, password: str) -> tuple[str, str]:
    """HTTP's basic authentication (RFC 7617)."""
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    learn(pair)
    return "Authorization", f"Basic {pair}"


def bearer(token: str) -> tuple[str, str]:
    """A token (RFC 6750)."""
    return "Authorization", f"Bearer {token}"


def segment(text: str) -> str:
    """A name as a part of a URL's path."""
    return quote(text, safe="@")


def envelope(mail: Mail) -> tuple[str, tuple[str, ...]]:
    """The envelope, its domains in A-labels. Raises UsageError."""
    return envelope_address(mail.mail_from), tuple(map(envelope_address, mail.recipients))


def header_recipients(mail: Mail, provider: str) -> None:
    """Raises UsageError where the header names others than the envelope: this provider goes by the header."""
    fields = mail.fields(provider)
    named = {each.address.lower() for each in (*fields.to, *fields.cc)}
    if named != {each.lower() for each in mail.recipients}:
        raise UsageError(
            f"{provider} sends to the addresses in To and Cc ({', '.join(sorted(named)) or 'none'}), and the "
            f"recipient of the profile is {', '.join(mail.recipients)}: make them the same"
        )


def as_text(raw: bytes, provider: str) -> str:
    """A message in JSON. Raises UsageError where it is not UTF-8."""
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
    """What is there in decoded JSON; None where nothing is."""
    for step in path:
        if isinstance(step, str):
            data = data.get(step) if isinstance(data, dict) else None
        else:
            data = data[step] if isinstance(data, list) and -len(data) <= step < len(data) else None
    return data


def text_at(data: Any, *path: str | int) -> str:
    """A text or number there; "" where there is none."""
    value = at(data, *path)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return clean(str(value), MAX_WORDS)


def first_at(data: Any, *places: Where) -> str:
    """The first text that is in one of the places."""
    return next(filter(None, (text_at(data, *place) for place in places)), "")


def plain(reply: Response) -> str:
    """A reply as words, for those that are no JSON."""
    return " ".join(clean(reply.body[: 4 * MAX_WORDS], 300, " ").split())


def refusal(reply: Response, code: Callable[[Any], str], words: Callable[[Any], str]) -> Answer:
    """The error in a reply; its text where that is no JSON. Raises Unreadable for a success that is none."""
    if 200 <= reply.status < 300:
        raise Unreadable(f"HTTP {reply.status} is not the success that it documents")
    try:
        data = json_of(reply)
    except Unreadable:
        return Answer(False, words=plain(reply))
    return Answer(False, code=code(data), words=words(data) or plain(reply))
