"""The types of the laboratory's world."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from ipaddress import ip_address


@dataclass(frozen=True, slots=True)
class Address:
    """An address of a host, and the one name that it maps to in both directions."""

    ip: str
    name: str

    @property
    def six(self) -> bool:
        """Whether it is an IPv6 address."""
        return ":" in self.ip

    @property
    def listen(self) -> str:
        """The address in Postfix's syntax before a port."""
        return f"[{self.ip}]" if self.six else self.ip

    @property
    def record(self) -> str:
        """The type of its address record."""
        return "AAAA" if self.six else "A"

    @property
    def pointer(self) -> str:
        """Owner of its PTR record, without the final dot."""
        return ip_address(self.ip).reverse_pointer


@dataclass(frozen=True, slots=True)
class Host:
    """A network namespace."""

    name: str
    addresses: tuple[Address, ...]


class Security(Enum):
    """The zone's DNSSEC state."""

    SIGNED = "signed"
    INSECURE = "no DS at the parent"
    EXPIRED = "signatures that ran out yesterday"
    TAMPERED = "a TXT record changed after signing"


@dataclass(frozen=True, slots=True)
class Zone:
    """A leaf zone; `records` are lines of a master file, relative to the zone's name.

    `second` are the second server's records if the two disagree (unsigned zones only).
    `own` is the zone's own NS set if it differs from the parent's, `servers`.
    """

    name: str
    records: str = ""
    security: Security = Security.SIGNED
    servers: tuple[str, ...] = ("ns1.infra.test", "ns2.infra.test")
    second: str = ""
    own: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DkimKey:
    """A signing key, and the state of its published record."""

    domain: str
    selector: str
    algorithm: str = "rsa-sha256"
    published: bool = True


class Certificate(Enum):
    """The certificate that a TLS server presents."""

    GOOD = "good"
    EXPIRED = "expired"
    WRONG_NAME = "wrong-name"
    NONE = "none"


class Tlsa(Enum):
    """The TLSA record published for a mail host's certificate."""

    NOTHING = "nothing"
    MATCHING = "its key"
    OTHER = "another key"


@dataclass(frozen=True, slots=True)
class Submission:
    """An address where users submit mail: 587 (STARTTLS), 465 (implicit TLS) and 25."""

    address: Address
    certificate: Certificate = Certificate.GOOD
    smtputf8: bool = True


@dataclass(frozen=True, slots=True)
class Sender:
    """A sending Postfix. It sends from its first submission address."""

    host: str
    submissions: tuple[Submission, ...]
    dkim: tuple[DkimKey, ...] = ()
    sign_everything: bool = False
    """Sign whatever the From domain is (an ESP) and not only the key's own domain."""
    envelope: str = ""
    """Rewrite the envelope sender to this address, as an ESP does."""


@dataclass(frozen=True, slots=True)
class Exchanger:
    """An address of the receiving Postfix: an MX host with specific behaviour."""

    address: Address
    certificate: Certificate = Certificate.GOOD
    tlsa: Tlsa = Tlsa.NOTHING
    greylist: bool = False
    reject_rcpt: str = ""
    reject_data: str = ""
    strict: bool = False
    """Reject what fails DMARC, and senders that take no mail."""


@dataclass(frozen=True, slots=True)
class Site:
    """A host name of the web server: the MTA-STS policy's mx and mode, or a logo."""

    name: str
    mx: str = ""
    mode: str = "enforce"
    logo: bool = False
    certificate: Certificate = Certificate.GOOD


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A user of Dovecot (IMAP, POP3, LMTP, SASL)."""

    address: str
    password: str
