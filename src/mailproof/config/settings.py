"""Everything that mailproof.toml may set, as frozen types. Times are in seconds.

The field names are the keys of the file, apart from ``from`` (``from_address``) and ``to`` (``to_address``).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

from msgspec import Struct

from mailproof.choices import DomainUse, FailOn, Security
from mailproof.config.filters import NO_FILTERS, FilterSettings
from mailproof.config.limits import Port, RetryTime, Seconds, Strings
from mailproof.config.monitoring import MonitorSettings
from mailproof.credentials import Credential
from mailproof.errors import ConfigError
from mailproof.model import Expectations, SenderKind, Severity
from mailproof.printable import host_port
from mailproof.records.mailboxes import domain_to_ascii
from mailproof.structs import replace

Verification = Literal["on", "off"]
Mechanism = Literal["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256", "XOAUTH2", "OAUTHBEARER"]
RetrievalKind = Literal["imap", "pop3", "maildir", "mbox", "listener", "graph", "gmail"]
#: Mailbox providers with known hosts and folders: data/mailboxes.toml.
Preset = Literal["gmail", "outlook", "yahoo", "icloud", "gmx", "fastmail", "proton", "zoho"]
#: What a configuration may do (config.permits): all; all but run commands (in CI); nothing that needs trust.
Trust = Literal["all", "no commands", "none"]


class ServerSettings(Struct, frozen=True):
    """A server to sign in to, or a provider's HTTP API (fields from ``url`` on), to send or to fetch.

    ``verification = "off"`` accepts any certificate; the report says so.
    """

    host: str = ""
    port: Port = 0
    security: Security | None = None
    username: str = ""
    password: Credential | None = None
    token: Credential | None = None
    mechanism: Mechanism | None = None
    allow_plaintext_auth: bool = False
    ca_file: Path | None = None
    verification: Verification = "on"
    timeout: Seconds = 30.0
    url: str = ""
    account: str = ""
    key_id: str = ""
    key: Credential | None = None
    refresh_token: Credential | None = None
    token_url: str = ""


class SubmitSettings(ServerSettings, frozen=True):
    """How to hand a message over: to an SMTP server, a provider's HTTP API, or a program.

    ``config.senders`` says which settings each ``kind`` needs and accepts.

    If ``security`` is left out, port 465 is implicit TLS, 25 uses STARTTLS if offered, any other port
    requires it. Temporary refusals are retried every ``retry_interval`` for ``retry_for`` seconds. ``notify``
    requests notifications of success too (RFC 3461), ``require_tls`` that no server passes the message on
    without TLS (RFC 8689).
    """

    ehlo_name: str = ""
    source_address: str = ""
    retry_for: RetryTime = 120.0
    retry_interval: Seconds = 10.0
    kind: SenderKind = "smtp"
    region: str = ""
    domain: str = ""
    tracking: bool = False
    program: Strings = ()
    notify: bool = False
    require_tls: bool = False
    every_address: bool = False

    @property
    def effective_port(self) -> int:
        """The port, or the default for the requested security."""
        if self.port:
            return self.port
        return {"tls": 465, "plain": 25}.get(self.security or "", 587)

    @property
    def effective_security(self) -> Security:
        """The security, or the default for the port. Port 25 is ``plain``, with STARTTLS if offered."""
        if self.security:
            return self.security
        usual: dict[int, Security] = {465: "tls", 25: "plain"}
        return usual.get(self.effective_port, "starttls")

    @property
    def opportunistic(self) -> bool:
        """Whether STARTTLS is used if offered, but not required."""
        return self.security is None and self.effective_security == "plain"


class UnsubscribeSettings(Struct, frozen=True):
    """The List-Unsubscribe header: an https URI (one-click, RFC 8058) and a mailto."""

    url: str = ""
    mailto: str = ""


class MessageSettings(Struct, frozen=True):
    """The message to send. ``mail_from`` is the envelope sender, by default ``from_address``.

    ``template`` is a whole .eml file, which then supplies subject, text, html and attachments.
    """

    from_address: str
    to_address: str = ""
    mail_from: str | None = None
    subject: str = ""
    text: str = ""
    html: str = ""
    attachments: tuple[Path, ...] = ()
    template: Path | None = None
    reply_to: str = ""
    list_unsubscribe: UnsubscribeSettings | None = None


class RetrieveSettings(ServerSettings, frozen=True):
    """Where the message should arrive, and how long to wait for it.

    ``folders`` limits an IMAP or Maildir search to these (all if empty); ``junk`` names a folder (mbox: a
    file) that counts as the spam folder, as well as those marked as such. ``path`` is the Maildir or mbox; a
    listener accepts mail on ``host`` and ``port``. ``preset`` is the provider whose host, port and security
    are the defaults. ``graph`` and ``gmail`` are the HTTP APIs: ``url`` is their base, ``account`` the
    tenant, ``key_id`` and ``key`` the client and its secret (Gmail: or the JSON of a service account);
    ``username`` names the mailbox.
    """

    kind: RetrievalKind = "imap"
    folders: Strings = ()
    junk: str = ""
    path: Path | None = None
    deadline: Seconds = 120.0
    poll_interval: Seconds = 5.0
    remove: bool = False
    preset: Preset | None = None

    @property
    def is_api(self) -> bool:
        """Whether it is a provider's HTTP API."""
        return self.kind in ("graph", "gmail")

    @property
    def base(self) -> str:
        """The base URL of an API, without a final slash."""
        usual = {"graph": "https://graph.microsoft.com", "gmail": "https://gmail.googleapis.com"}
        return self.url.rstrip("/") or usual.get(self.kind, "")

    @property
    def effective_security(self) -> Security:
        """The security, or the default for the port (143 and 110: STARTTLS)."""
        if self.security:
            return self.security
        return "starttls" if self.port in (143, 110) else "tls"

    @property
    def effective_port(self) -> int:
        """The port, or the default for protocol and security."""
        if self.port:
            return self.port
        usual = {"imap": (993, 143), "pop3": (995, 110), "listener": (2525, 2525)}.get(self.kind, (0, 0))
        return usual[0] if self.effective_security == "tls" else usual[1]

    @property
    def server(self) -> str:
        """The location as shown to users: host:port, a path, or the base URL."""
        if self.is_api:
            return self.base
        if self.kind in ("maildir", "mbox"):
            return str(self.path or "")
        host = self.host or ("127.0.0.1" if self.kind == "listener" else "")
        return host_port(host, self.effective_port)


class RecipientSettings(Struct, frozen=True):
    """One of several recipients. ``receiver`` is its name in reports, by default the domain."""

    address: str
    receiver: str = ""
    retrieve: RetrieveSettings | None = None


class InboundSettings(Struct, frozen=True):
    """Identities that ``mailproof inbound`` uses, all the user's own: docs/configuration-keys.toml."""

    mail_from: str = ""
    forged_from: str = ""
    null_mx_sender: str = ""
    server: str = ""


class Profile(Struct, frozen=True):
    """How to send and fetch back; ``to`` lists the recipients if there are several."""

    name: str
    submit: SubmitSettings
    message: MessageSettings
    retrieve: RetrieveSettings | None = None
    to: tuple[RecipientSettings, ...] = ()
    send: Literal["each", "once"] = "each"
    inbound: InboundSettings = InboundSettings()

    @property
    def recipients(self) -> tuple[RecipientSettings, ...]:
        """All recipients, each with its receiver's name and the mailbox to fetch from."""
        given = self.to or (RecipientSettings(self.message.to_address),)
        return tuple(
            RecipientSettings(
                each.address,
                each.receiver or each.address.rpartition("@")[2].strip("<> "),
                each.retrieve or self.retrieve,
            )
            for each in given
        )


class DomainSelectors(Struct, frozen=True):
    """The DKIM selectors known to be in use at a domain."""

    domain: str
    selectors: Strings


class IgnoreRule(Struct, frozen=True):
    """A finding that is known and accepted until ``expires``."""

    rule: str
    subject: str = ""
    reason: str = ""
    expires: date | None = None


def normalized_name(name: str) -> str:
    """Normalize a domain name for comparison: lower case, in A-labels if it is valid."""
    text = name.strip().lower().rstrip(".")
    if text.isascii():
        return text
    return domain_to_ascii(text) or text


class RuleSeverity(Struct, frozen=True):
    """The severity of a rule's findings; ``rule`` is an id or a prefix. The longest match wins."""

    rule: str
    severity: Severity


class DomainSettings(Struct, frozen=True):
    """A domain that ``mailproof check`` audits, and what it is expected to publish."""

    name: str
    profile: DomainUse = "auto"
    selectors: Strings = ()
    ips: Strings = ()
    subdomains: Strings = ()
    receivers: Strings = ()
    expect: Expectations | None = None


class ReportSettings(Struct, frozen=True):
    """Branding, for reports that are handed to a client."""

    title: str = ""
    logo: Path | None = None
    contact: str = ""


class Environment(Struct, frozen=True):
    """Overrides that apply with ``--environment NAME``; None keeps the value of the rest of the file."""

    name: str
    zones: tuple[Path, ...] | None = None
    offline: bool | None = None
    nameservers: Strings | None = None
    fail_on: FailOn | None = None
    domains: Strings | None = None


class Config(Struct, frozen=True):
    """The whole configuration. ``path`` is the file it came from, None for the defaults.

    ``trust`` says what it may do: anything, if it was built in code. ``places`` gives the position of each of
    the ``domains`` in the file (``file:line:column``).
    """

    nameservers: Strings = ()
    selectors: tuple[DomainSelectors, ...] = ()
    timeout: Seconds | None = None
    fail_on: FailOn = "error"
    select: Strings = ()
    ignore: tuple[IgnoreRule, ...] = ()
    profiles: tuple[Profile, ...] = ()
    filters: FilterSettings = NO_FILTERS
    monitor: MonitorSettings = MonitorSettings()
    severities: tuple[RuleSeverity, ...] = ()
    zones: tuple[Path, ...] = ()
    offline: bool = False
    domains: tuple[DomainSettings, ...] = ()
    environments: tuple[Environment, ...] = ()
    report: ReportSettings = ReportSettings()
    path: Path | None = None
    trust: Trust = "all"
    places: tuple[str, ...] = ()

    @property
    def all_selectors(self) -> tuple[DomainSelectors, ...]:
        """The selectors in ``selectors`` and in ``domains``."""
        own = (DomainSelectors(each.name, each.selectors) for each in self.domains if each.selectors)
        return (*self.selectors, *own)

    def selectors_of(self, domain: str) -> tuple[str, ...]:
        """The selectors configured for a domain, matched in any case and form (U-labels, A-labels)."""
        wanted, known = normalized_name(domain), self.all_selectors
        return tuple(s for each in known if normalized_name(each.domain) == wanted for s in each.selectors)

    @property
    def where(self) -> str:
        """The file as messages refer to it."""
        return str(self.path) if self.path is not None else "no mailproof.toml here or above"

    def in_environment(self, name: str) -> Config:
        """The configuration with an environment's overrides applied. Raises ConfigError if it is unknown."""
        found = next((each for each in self.environments if each.name == name), None)
        if found is None:
            names = ", ".join(each.name for each in self.environments)
            others = f" (there are: {names})" if names else ""
            raise ConfigError(f"{self.where}: there is no environment {name!r}{others}")
        kept = [
            number
            for number, each in enumerate(self.domains)
            if found.domains is None or normalized_name(each.name) in map(normalized_name, found.domains)
        ]
        given = {key: getattr(found, key) for key in ("zones", "offline", "nameservers", "fail_on")}
        return replace(
            self,
            **{key: value for key, value in given.items() if value is not None},
            domains=tuple(self.domains[number] for number in kept),
            places=tuple(self.places[number] for number in kept) if self.places else (),
        )

    def profile(self, name: str | None = None) -> Profile:
        """The named profile; by default the only one, or ``default``. Raises ConfigError."""
        known = {each.name: each for each in self.profiles}
        usual = self.profiles[0].name if len(self.profiles) == 1 else "default"
        wanted = usual if name is None else name
        if wanted in known:
            return known[wanted]
        problem = "name the profile to use" if name is None else f"no profile {name!r}"
        raise ConfigError(f"{self.where}: {problem} (configured: {', '.join(known) or 'none'})")
