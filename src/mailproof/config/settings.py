"""What mailproof.toml can say, as frozen types. Times are in seconds.

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
from mailproof.model import Expectations, SenderKind, Severity
from mailproof.printable import host_port

Verification = Literal["on", "off"]
Mechanism = Literal["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256", "XOAUTH2", "OAUTHBEARER"]
RetrievalKind = Literal["imap", "pop3", "maildir", "mbox", "listener", "graph", "gmail"]
#: The mailbox providers whose hosts and folders are known: data/mailboxes.toml.
Preset = Literal["gmail", "outlook", "yahoo", "icloud", "gmx", "fastmail", "proton", "zoho"]
#: What a configuration may do (config.permits): all; all but run commands (in CI); nothing that needs trust.
Trust = Literal["all", "no commands", "none"]


class ServerSettings(Struct, frozen=True):
    """A server to sign in to, or a provider's HTTP API (from ``url`` on): what sending and fetching share.

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

    ``config.senders`` has what each ``kind`` needs and may have.

    ``security`` left out: 465 is implicit TLS, 25 takes STARTTLS where offered, any other port requires it.
    Temporary refusals are tried again for ``retry_for`` seconds, ``retry_interval`` apart. ``notify`` asks
    for notices of success too (RFC 3461), ``require_tls`` that no server on the way hands the message on
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
        """The port, or the usual one of the security asked for."""
        if self.port:
            return self.port
        return {"tls": 465, "plain": 25}.get(self.security or "", 587)

    @property
    def effective_security(self) -> Security:
        """The security, or the usual one of the port. Port 25 is ``plain``, with STARTTLS where offered."""
        if self.security:
            return self.security
        usual: dict[int, Security] = {465: "tls", 25: "plain"}
        return usual.get(self.effective_port, "starttls")

    @property
    def opportunistic(self) -> bool:
        """Whether STARTTLS is used where it is offered, and not demanded."""
        return self.security is None and self.effective_security == "plain"


class UnsubscribeSettings(Struct, frozen=True):
    """The List-Unsubscribe header: an https URI (one-click, RFC 8058) and a mailto."""

    url: str = ""
    mailto: str = ""


class MessageSettings(Struct, frozen=True):
    """The message to send. ``mail_from`` is the envelope sender, ``from_address`` where left out.

    ``template`` is a whole .eml file; subject, text, html and attachments are then its own.
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

    ``folders`` limits an IMAP or Maildir search to these (all where empty); ``junk`` names a folder (mbox:
    a file) that counts as the spam folder beside those that say so themselves. ``path`` is the Maildir or
    mbox; a listener takes mail on ``host`` and ``port``. ``preset`` is the provider that host, port and
    security were taken from, where they are not given. ``graph`` and ``gmail`` are the HTTP APIs: ``url`` is
    their base, ``account`` the tenant, ``key_id`` and ``key`` the client and its secret (Gmail: or the JSON
    of a service account); ``username`` names the mailbox.
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
        """The security, or the usual one of the port (143 and 110: STARTTLS)."""
        if self.security:
            return self.security
        return "starttls" if self.port in (143, 110) else "tls"

    @property
    def effective_port(self) -> int:
        """The port, or the usual one of protocol and security."""
        if self.port:
            return self.port
        usual = {"imap": (993, 143), "pop3": (995, 110), "listener": (2525, 2525)}.get(self.kind, (0, 0))
        return usual[0] if self.effective_security == "tls" else usual[1]

    @property
    def server(self) -> str:
        """The place in words: host:port, or the path, or the base URL."""
        if self.is_api:
            return self.base
        if self.kind in ("maildir", "mbox"):
            return str(self.path or "")
        host = self.host or ("127.0.0.1" if self.kind == "listener" else "")
        return host_port(host, self.effective_port)


class RecipientSettings(Struct, frozen=True):
    """One of several recipients. ``receiver`` is what reports call it: the domain, where left out."""

    address: str
    receiver: str = ""
    retrieve: RetrieveSettings | None = None


class InboundSettings(Struct, frozen=True):
    """What ``mailproof inbound`` pretends to be; all of it the user's own: docs/configuration-keys.toml."""

    mail_from: str = ""
    forged_from: str = ""
    null_mx_sender: str = ""
    server: str = ""


class Profile(Struct, frozen=True):
    """One way of sending and fetching back; ``to`` where there are several recipients."""

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
    """A finding that is known and accepted, until ``expires``."""

    rule: str
    subject: str = ""
    reason: str = ""
    expires: date | None = None


def plain(name: str) -> str:
    """The name of a domain as names are compared: in A-labels, where it is a name."""
    text = name.strip().lower().rstrip(".")
    if text.isascii():
        return text
    from mailproof.records.mailboxes import domain_to_ascii

    return domain_to_ascii(text) or text


class RuleSeverity(Struct, frozen=True):
    """What the findings of a rule count as; ``rule`` is an id or its beginning. The longest decides."""

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
    """Whose report it is: for pages that are handed over."""

    title: str = ""
    logo: Path | None = None
    contact: str = ""


class Environment(Struct, frozen=True):
    """What is different where ``--environment NAME`` is given; what is None is as in the rest of the file."""

    name: str
    zones: tuple[Path, ...] | None = None
    offline: bool | None = None
    nameservers: Strings | None = None
    fail_on: FailOn | None = None
    domains: Strings | None = None


class Config(Struct, frozen=True):
    """The whole configuration. ``path`` is the file it came from, None for the defaults.

    ``trust`` says what it may do: one that a program made may do all. ``places`` say where each of the
    ``domains`` is in the file (``file:line:column``).
    """

    nameservers: Strings = ()
    selectors: tuple[DomainSelectors, ...] = ()
    timeout: Seconds | None = None
    fail_on: FailOn | None = None
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

    def selectors_of(self, domain: str) -> tuple[str, ...]:
        """The selectors configured for a domain, in whatever case and form (U-labels, A-labels)."""
        wanted = plain(domain)
        return tuple(
            s
            for name, selectors in (
                *((entry.domain, entry.selectors) for entry in self.selectors),
                *((each.name, each.selectors) for each in self.domains),
            )
            if plain(name) == wanted
            for s in selectors
        )

    @property
    def where(self) -> str:
        """The file, as messages name it."""
        return str(self.path) if self.path is not None else "no mailproof.toml here or above"

    def in_environment(self, name: str) -> Config:
        """The configuration with what is different in an environment. Raises ConfigError for no such one."""
        from mailproof.errors import ConfigError
        from mailproof.structs import replace

        found = next((each for each in self.environments if each.name == name), None)
        if found is None:
            names = ", ".join(each.name for each in self.environments) or "none"
            raise ConfigError(f"{self.where}: there is no environment {name!r} (there are: {names})")
        kept = [
            number
            for number, each in enumerate(self.domains)
            if found.domains is None or plain(each.name) in map(plain, found.domains)
        ]
        return replace(
            self,
            zones=self.zones if found.zones is None else found.zones,
            offline=self.offline if found.offline is None else found.offline,
            nameservers=self.nameservers if found.nameservers is None else found.nameservers,
            fail_on=self.fail_on if found.fail_on is None else found.fail_on,
            domains=tuple(self.domains[number] for number in kept),
            places=tuple(self.places[number] for number in kept) if self.places else (),
        )

    def profile(self, name: str | None = None) -> Profile:
        """The profile of that name; the only one (or ``default``) where none is named. Raises ConfigError."""
        from mailproof.errors import ConfigError

        names = ", ".join(p.name for p in self.profiles) or "none"
        if name is None:
            if len(self.profiles) == 1:
                return self.profiles[0]
            name = "default"
            if not any(p.name == name for p in self.profiles):
                raise ConfigError(f"{self.where}: name the profile to use (configured: {names})")
        for profile in self.profiles:
            if profile.name == name:
                return profile
        raise ConfigError(f"{self.where}: no profile {name!r} (configured: {names})")
