"""The laboratory's world as data: hosts, addresses, zones, keys, mailboxes. Nothing here does anything.

Addresses come from the documentation ranges, names from `test.`. Every address is forward confirmed:
its name has the A record and the address the PTR record, unless the zone says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Address:
    """An address of a host, and the one name that goes with it both ways."""

    ip: str
    name: str


@dataclass(frozen=True, slots=True)
class Host:
    """A network namespace."""

    name: str
    addresses: tuple[Address, ...]


class Security(Enum):
    """How the zone stands towards DNSSEC."""

    SIGNED = "signed"
    INSECURE = "no DS at the parent"
    EXPIRED = "signatures that ran out yesterday"
    TAMPERED = "a TXT record changed after signing"


@dataclass(frozen=True, slots=True)
class Zone:
    """A leaf zone; `records` are lines of a master file, relative to the zone's name.

    `second` is what the second server has in their place, where the two disagree (unsigned zones only).
    `own` is what the zone itself says of its servers, where the parent says `servers`.
    """

    name: str
    records: str = ""
    security: Security = Security.SIGNED
    servers: tuple[str, ...] = ("ns1.infra.test", "ns2.infra.test")
    second: str = ""
    own: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DkimKey:
    """A signing key, and what is published for it."""

    domain: str
    selector: str
    algorithm: str = "rsa-sha256"
    published: bool = True


class Certificate(Enum):
    """What a TLS server shows."""

    GOOD = "good"
    EXPIRED = "expired"
    WRONG_NAME = "wrong-name"
    NONE = "none"


class Tlsa(Enum):
    """What is published of a mail host's certificate."""

    NOTHING = "nothing"
    MATCHING = "its key"
    OTHER = "another key"


@dataclass(frozen=True, slots=True)
class Submission:
    """An address where users hand in mail: 587 (STARTTLS), 465 (implicit TLS) and 25."""

    address: Address
    certificate: Certificate = Certificate.GOOD


@dataclass(frozen=True, slots=True)
class Sender:
    """A sending Postfix. Its first submission address is the one its mail leaves from."""

    host: str
    submissions: tuple[Submission, ...]
    dkim: tuple[DkimKey, ...] = ()
    sign_everything: bool = False
    """Sign whatever the From domain is (an ESP) and not only the key's own domain."""
    envelope: str = ""
    """Rewrite the envelope sender to this address, as an ESP does."""


@dataclass(frozen=True, slots=True)
class Exchanger:
    """An address of the receiving Postfix: an MX with a behaviour of its own."""

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


# --- hosts -----------------------------------------------------------------------------------------

ROOT_SERVER = Address("192.0.2.1", "a.root.infra.test")
TLD_SERVER = Address("192.0.2.2", "ns.tld.infra.test")
LEAF_SERVERS = (Address("192.0.2.3", "ns1.infra.test"), Address("192.0.2.4", "ns2.infra.test"))
LAME_SERVER = Address("192.0.2.5", "lame.infra.test")  # REFUSED to everything
SILENT_SERVER = Address("192.0.2.6", "silent.infra.test")  # never answers
RESOLVER = Address("192.0.2.53", "resolver.infra.test")  # 53, DoT on 853, DoH on 443
CLIENT = Address("198.51.100.10", "client.infra.test")

SMTP_HEALTHY = Address("198.51.100.25", "smtp.healthy.test")
SMTP_EXPIRED = Address("198.51.100.31", "smtp-expired.healthy.test")
SMTP_WRONG_NAME = Address("198.51.100.32", "smtp-wrongname.healthy.test")
SMTP_NO_TLS = Address("198.51.100.33", "smtp-notls.healthy.test")
SMTP_UNSIGNED = Address("198.51.100.26", "smtp.unsigned.test")
SMTP_ESP = Address("198.51.100.27", "smtp.esp.test")

MX_INBOX = Address("203.0.113.25", "mx.inbox.test")
MX_EXPIRED = Address("203.0.113.26", "mx.expired.test")
MX_WRONG_NAME = Address("203.0.113.27", "mx.wrongname.test")
MX_NO_TLS = Address("203.0.113.28", "mx.notls.test")
MX_GREY = Address("203.0.113.29", "mx.grey.test")
MX_REJECT = Address("203.0.113.30", "mx.reject.test")
MX_REJECT_DATA = Address("203.0.113.31", "mx.rejectdata.test")
MX_BLACKHOLE = Address("203.0.113.32", "mx.blackhole.test")
MX_DANE = Address("203.0.113.33", "mx.dane.test")
MX_BAD_DANE = Address("203.0.113.34", "mx.baddane.test")
MX_STRICT = Address("203.0.113.35", "mx.strict.test")
IMAP = Address("203.0.113.40", "imap.inbox.test")
IMAP_EXPIRED = Address("203.0.113.41", "imap-expired.inbox.test")
LISTS = Address("203.0.113.50", "lists.test")
WEB = Address("203.0.113.60", "web.infra.test")
FILTER = Address("203.0.113.70", "filter.infra.test")  # spamd and Rspamd, while a test asks them

HOSTS = (
    Host("dns", (ROOT_SERVER, TLD_SERVER, *LEAF_SERVERS, LAME_SERVER, SILENT_SERVER)),
    Host("resolver", (RESOLVER,)),
    Host("client", (CLIENT,)),
    Host("healthy", (SMTP_HEALTHY, SMTP_EXPIRED, SMTP_WRONG_NAME, SMTP_NO_TLS)),
    Host("unsigned", (SMTP_UNSIGNED,)),
    Host("esp", (SMTP_ESP,)),
    Host(
        "receiver",
        (
            *(MX_INBOX, MX_EXPIRED, MX_WRONG_NAME, MX_NO_TLS, MX_GREY, MX_REJECT, MX_REJECT_DATA),
            *(MX_BLACKHOLE, MX_DANE, MX_BAD_DANE, MX_STRICT),
        ),
    ),
    Host("mailbox", (IMAP, IMAP_EXPIRED)),
    Host("lists", (LISTS,)),
    Host("web", (WEB,)),
    Host("filter", (FILTER,)),
)
BRIDGE = "192.0.2.254"  # the launcher's own address, for its readiness checks
NETWORKS = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")

# --- mail ------------------------------------------------------------------------------------------

HEALTHY_RSA = DkimKey("healthy.test", "rsa2026")
HEALTHY_ED = DkimKey("healthy.test", "ed2026", "ed25519-sha256")
ESP_RSA = DkimKey("esp.test", "esp1")
STALE_RSA = DkimKey("stale.test", "s1", published=False)
INSECURE_RSA = DkimKey("insecure.test", "s1")
MANY_RSA = DkimKey("manylookups.test", "s1")

ESP_ENVELOPE = "bounces@esp.test"

SENDERS = (
    Sender(
        "healthy",
        (
            Submission(SMTP_HEALTHY),
            Submission(SMTP_EXPIRED, Certificate.EXPIRED),
            Submission(SMTP_WRONG_NAME, Certificate.WRONG_NAME),
            Submission(SMTP_NO_TLS, Certificate.NONE),
        ),
        (HEALTHY_RSA, HEALTHY_ED, STALE_RSA, INSECURE_RSA, MANY_RSA),
    ),
    Sender("unsigned", (Submission(SMTP_UNSIGNED),)),
    Sender("esp", (Submission(SMTP_ESP),), (ESP_RSA,), sign_everything=True, envelope=ESP_ENVELOPE),
)

REJECT_TEXT = "550 5.7.26 This mail is unauthenticated, which poses a security risk (lab)"
EXCHANGERS = (
    Exchanger(MX_INBOX),
    Exchanger(MX_EXPIRED, Certificate.EXPIRED),
    Exchanger(MX_WRONG_NAME, Certificate.WRONG_NAME),
    Exchanger(MX_NO_TLS, Certificate.NONE),
    Exchanger(MX_GREY, greylist=True),
    Exchanger(MX_REJECT, reject_rcpt=REJECT_TEXT),
    Exchanger(MX_REJECT_DATA, reject_data=REJECT_TEXT),
    Exchanger(MX_BLACKHOLE),
    Exchanger(MX_DANE, tlsa=Tlsa.MATCHING),
    Exchanger(MX_BAD_DANE, tlsa=Tlsa.OTHER),
    Exchanger(MX_STRICT, strict=True),
)
SITES = (
    Site("mta-sts.complete.test", mx=MX_INBOX.name),
    Site("logo.complete.test", logo=True),
    Site("mta-sts.oldpolicy.test", mx="mx.oldpolicy.test"),
    Site("mta-sts.badhost.test", mx=MX_INBOX.name, certificate=Certificate.WRONG_NAME),
)
AUTHSERV_ID = MX_INBOX.name  # of every exchanger: they are one server

PASSWORD = "correct-horse-7"
MAILBOXES = tuple(
    Mailbox(address, PASSWORD)
    for address in (
        "alice@healthy.test",
        "alice@unsigned.test",
        "alice@stale.test",
        "alice@insecure.test",
        "alice@manylookups.test",
        "news@brand.test",
        ESP_ENVELOPE,
        "bob@inbox.test",
        "bob@strict.test",
        "carol@inbox.test",
        "bob@expired.test",
        "bob@wrongname.test",
        "bob@notls.test",
        "bob@grey.test",
        "bob@reject.test",
        "bob@rejectdata.test",
        "bob@blackhole.test",
    )
)
BLACKHOLE_DOMAIN = "blackhole.test"  # accepted with 250, then dropped without a word
JUNK_ALIASES = {"carol@inbox.test": "carol+Junk@inbox.test"}  # what comes for carol lands in her Junk
LIST_ADDRESS = "friends@lists.test"  # adds a footer and a subject tag, envelope lists.test
FORWARD_ADDRESS = "forward@lists.test"  # hands on unchanged, the envelope sender too
RELAY_TARGET = "bob@inbox.test"  # both go to him
RELAY_DOMAIN = "lists.test"
UNKNOWN_USER = "nobody@inbox.test"  # 550 5.1.1: a real bounce to the return path

# --- zones -----------------------------------------------------------------------------------------

_HOSTED = "@ MX 10 mx.inbox.test."
_BY_HEALTHY = '@ TXT "v=spf1 ip4:198.51.100.25 -all"'
_HELO = 'smtp TXT "v=spf1 a -all"'  # for bounces: their envelope sender is empty
_REJECT = '_dmarc TXT "v=DMARC1; p=reject; adkim=s; aspf=s; rua=mailto:dmarc@healthy.test"'
# A key that the provider holds.
_SENDING = f"{_HOSTED}\n{_BY_HEALTHY}\n{_REJECT}\ns1._domainkey CNAME rsa2026._domainkey.healthy.test."
_TLS_RPT = '_smtp._tls TXT "v=TLSRPTv1; rua=mailto:tls@healthy.test"'
_STS = '_mta-sts TXT "v=STSv1; id=20261101"\nmta-sts A 203.0.113.60'
_OWN_MX = '@ MX 10 mx\n@ TXT "v=spf1 -all"'
_CHAIN = "\n".join(f'l{n} TXT "v=spf1 include:l{n + 1}.manylookups.test -all"' for n in range(1, 12))

ZONES = (
    Zone("infra.test"),
    # Takes the aggregate reports of the other domains too (RFC 9990 section 4).
    Zone(
        "healthy.test",
        f'{_HOSTED}\n{_BY_HEALTHY}\n{_REJECT}\n{_HELO}\n*._report._dmarc TXT "v=DMARC1"',
    ),
    Zone(
        "unsigned.test",
        f'{_HOSTED}\n@ TXT "v=spf1 ip4:198.51.100.26 -all"\n_dmarc TXT "v=DMARC1; p=none"\n{_HELO}',
    ),
    Zone(
        "esp.test",
        f'{_HOSTED}\n@ TXT "v=spf1 ip4:198.51.100.27 -all"\n_dmarc TXT "v=DMARC1; p=reject"\n{_HELO}',
    ),
    # The domain that sends through the ESP and never told it: neither SPF nor DKIM is in line.
    Zone("brand.test", f'{_HOSTED}\n@ TXT "v=spf1 mx -all"\n_dmarc TXT "v=DMARC1; p=quarantine"'),
    # Signs, but the published key is not the one in use.
    Zone("stale.test", f"{_HOSTED}\n{_BY_HEALTHY}\n{_REJECT}"),
    Zone("insecure.test", f"{_HOSTED}\n{_BY_HEALTHY}\n{_REJECT}", Security.INSECURE),
    Zone("bogus.test", f"{_HOSTED}\n{_BY_HEALTHY}\n{_REJECT}", Security.EXPIRED),
    Zone("tampered.test", f"{_HOSTED}\n{_BY_HEALTHY}\n{_REJECT}", Security.TAMPERED),
    Zone("lame.test", "", Security.INSECURE, servers=(LAME_SERVER.name,)),
    Zone("silent.test", "", Security.INSECURE, servers=(SILENT_SERVER.name,)),
    Zone(
        "twospf.test",
        f'{_HOSTED}\n{_BY_HEALTHY}\n@ TXT "v=spf1 include:esp.test ~all"\n_dmarc TXT "v=DMARC1; p=none"',
    ),
    Zone(
        "manylookups.test",
        f'{_HOSTED}\n@ TXT "v=spf1 include:l1.manylookups.test ip4:198.51.100.25 -all"\n{_CHAIN}\n'
        'l12 TXT "v=spf1 ip4:203.0.113.99 -all"\n_dmarc TXT "v=DMARC1; p=none"',
    ),
    Zone("nomail.test", '@ MX 0 .\n@ TXT "v=spf1 -all"\n_dmarc TXT "v=DMARC1; p=reject"'),
    Zone("bare.test", "www A 203.0.113.99"),
    Zone("listener.test", "@ MX 10 client.infra.test."),  # mail for the client host itself
    Zone("inbox.test", f"{_HOSTED}\n{_OWN_MX.splitlines()[1]}"),
    Zone("expired.test", _OWN_MX),
    Zone("wrongname.test", _OWN_MX),
    Zone("notls.test", _OWN_MX),
    Zone("grey.test", _OWN_MX),
    Zone("reject.test", _OWN_MX),
    Zone("rejectdata.test", _OWN_MX),
    Zone("blackhole.test", _OWN_MX),
    Zone("strict.test", _OWN_MX),
    # All that a domain can publish about its mail.
    Zone(
        "complete.test",
        f"{_SENDING}\n{_STS}\n{_TLS_RPT}\nlogo A 203.0.113.60\n"
        'default._bimi TXT "v=BIMI1; l=https://logo.complete.test/logo.svg"',
    ),
    # The mail hosts were changed, the policy was not.
    Zone("oldpolicy.test", f"{_SENDING}\n{_STS}\n{_TLS_RPT}"),
    # The policy host shows a certificate for another name.
    Zone("badhost.test", f"{_SENDING}\n{_STS}\n{_TLS_RPT}"),
    Zone("dane.test", f"{_OWN_MX}\n{_REJECT}\n{_TLS_RPT}"),
    Zone("baddane.test", f"{_OWN_MX}\n{_REJECT}\n{_TLS_RPT}"),
    Zone(
        "parked.test",
        '@ MX 0 .\n@ TXT "v=spf1 -all"\n_dmarc TXT "v=DMARC1; p=reject"\n*._domainkey TXT "v=DKIM1; p="',
    ),
    # What was meant for the domain answers for every name below it, _dmarc too.
    Zone("wildcard.test", f'{_HOSTED}\n{_BY_HEALTHY}\n* TXT "v=spf1 ip4:198.51.100.25 -all"'),
    # A change reached one of the two servers.
    Zone(
        "differ.test",
        _SENDING,
        Security.INSECURE,
        second=_SENDING.replace("ip4:198.51.100.25", "ip4:198.51.100.99"),
    ),
    # One of the two servers does not know the zone.
    # The parent still delegates to a server that the zone has left.
    Zone(
        "moved.test",
        _SENDING,
        servers=(LEAF_SERVERS[0].name, LEAF_SERVERS[1].name, LAME_SERVER.name),
        own=(LEAF_SERVERS[0].name, LEAF_SERVERS[1].name),
    ),
    Zone("halflame.test", _SENDING, servers=(LEAF_SERVERS[0].name, LAME_SERVER.name)),
    Zone(
        "dangling.test",
        f"{_HOSTED}\n{_BY_HEALTHY}\n{_REJECT}\ns1._domainkey CNAME s1.nosuch.test.\n"
        "_mta-sts CNAME _mta-sts.nosuch.test.",
    ),
    Zone("lists.test", '@ MX 10 @\n@ TXT "v=spf1 ip4:203.0.113.50 -all"'),
)


def addresses() -> tuple[Address, ...]:
    """Every address of every host."""
    return tuple(address for host in HOSTS for address in host.addresses)


def host_of(address: Address) -> str:
    """Name of the host that holds the address."""
    return next(host.name for host in HOSTS if address in host.addresses)
