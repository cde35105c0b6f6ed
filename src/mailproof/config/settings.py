"""What mailproof.toml can say, as frozen types. Times are in seconds.

The field names are the keys of the file, apart from ``from`` (``from_address``) and ``to`` (``to_address``).
"""

from __future__ import annotations

from dataclasses import field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from mailproof.config.filters import NO_FILTERS, FilterSettings
from mailproof.credentials import Credential
from mailproof.frozen import frozen

if TYPE_CHECKING:  # pydantic finds them here all the same: see load.py
    from mailproof.config.limits import Port, RetryTime, Seconds, Strings

Security = Literal["starttls", "tls", "plain"]
Verification = Literal["on", "off"]
Mechanism = Literal["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256", "XOAUTH2", "OAUTHBEARER"]
RetrievalKind = Literal["imap", "pop3", "maildir", "mbox", "listener"]
FailOn = Literal["error", "warning", "never"]

#: Read by pydantic: a key that is not a field is an error.
_STRICT: dict[str, Any] = {"extra": "forbid"}


@frozen
class SubmitSettings:
    """How to hand a message to the SMTP server.

    ``security`` left out: 465 is implicit TLS, 25 takes STARTTLS where offered, all else demands STARTTLS.
    ``verification = "off"`` accepts any certificate and is told in the report. Temporary refusals are tried
    again for ``retry_for`` seconds, ``retry_interval`` apart.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    host: str
    port: Port = 0
    security: Security | None = None
    username: str = ""
    password: Credential | None = None
    token: Credential | None = None
    mechanism: Mechanism | None = None
    allow_plaintext_auth: bool = False
    ca_file: Path | None = None
    verification: Verification = "on"
    ehlo_name: str = ""
    timeout: Seconds = 30.0
    source_address: str = ""
    retry_for: RetryTime = 120.0
    retry_interval: Seconds = 10.0

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


@frozen
class UnsubscribeSettings:
    """The List-Unsubscribe header: an https URI (one-click, RFC 8058) and a mailto."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    url: str = ""
    mailto: str = ""


@frozen
class MessageSettings:
    """The message to send. ``mail_from`` is the envelope sender, ``from_address`` where left out.

    ``template`` is a whole .eml file; subject, text, html and attachments are then its own.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    from_address: str
    to_address: str
    mail_from: str | None = None
    subject: str = ""
    text: str = ""
    html: str = ""
    attachments: tuple[Path, ...] = ()
    template: Path | None = None
    reply_to: str = ""
    list_unsubscribe: UnsubscribeSettings | None = None


@frozen
class RetrieveSettings:
    """Where the message should arrive, and how long to wait for it.

    ``folders`` limits an IMAP or Maildir search to these (all where empty); ``junk`` names a folder (mbox:
    a file) that counts as the spam folder beside those that say so themselves. ``path`` is the Maildir or
    mbox; a listener takes mail on ``host`` and ``port``.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    kind: RetrievalKind
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
    folders: Strings = ()
    junk: str = ""
    path: Path | None = None
    deadline: Seconds = 120.0
    poll_interval: Seconds = 5.0
    timeout: Seconds = 30.0
    remove: bool = False

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
        """The place in words: host:port, or the path."""
        if self.kind in ("maildir", "mbox"):
            return str(self.path or "")
        host = self.host or ("127.0.0.1" if self.kind == "listener" else "")
        return f"[{host}]:{self.effective_port}" if ":" in host else f"{host}:{self.effective_port}"


@frozen
class Profile:
    """One way of sending and fetching back."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    name: str
    submit: SubmitSettings
    message: MessageSettings
    retrieve: RetrieveSettings | None = None


@frozen
class DomainSelectors:
    """The DKIM selectors known to be in use at a domain."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    domain: str
    selectors: Strings


@frozen
class IgnoreRule:
    """A finding that is known and accepted, until ``expires``."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    rule: str
    subject: str = ""
    reason: str = ""
    expires: date | datetime | None = None


@frozen
class Config:
    """The whole configuration. ``path`` is the file it came from, None for the defaults."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    nameservers: Strings = ()
    selectors: tuple[DomainSelectors, ...] = ()
    timeout: Seconds | None = None
    fail_on: FailOn | None = None
    select: Strings = ()
    ignore: tuple[IgnoreRule, ...] = ()
    profiles: tuple[Profile, ...] = ()
    filters: FilterSettings = NO_FILTERS
    path: Path | None = field(default=None)

    def selectors_of(self, domain: str) -> tuple[str, ...]:
        """The selectors configured for a domain (compared without regard to case)."""
        wanted = domain.lower().rstrip(".")
        return tuple(
            s
            for entry in self.selectors
            if entry.domain.lower().rstrip(".") == wanted
            for s in entry.selectors
        )

    def profile(self, name: str | None = None) -> Profile:
        """The profile of that name; the only one (or ``default``) where none is named. Raises ConfigError."""
        from mailproof.errors import ConfigError

        names = ", ".join(p.name for p in self.profiles) or "none"
        where = str(self.path) if self.path else "mailproof.toml"
        if name is None:
            if len(self.profiles) == 1:
                return self.profiles[0]
            name = "default"
            if not any(p.name == name for p in self.profiles):
                raise ConfigError(f"{where}: name the profile to use (there are: {names})")
        for profile in self.profiles:
            if profile.name == name:
                return profile
        raise ConfigError(f"{where}: there is no profile {name!r} (there are: {names})")
