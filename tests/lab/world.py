"""The laboratory's world as pure data: hosts, addresses, zones, keys, mailboxes.

Addresses come from the documentation ranges, names from `test.`. Every address is forward confirmed:
its name has the A record and the address the PTR record, unless the zone says otherwise.
"""

from __future__ import annotations

from tests.lab.kinds import (
    Address,
    Certificate,
    DkimKey,
    Exchanger,
    Host,
    Mailbox,
    Security,
    Sender,
    Site,
    Submission,
    Tlsa,
    Zone,
)

# --- hosts -----------------------------------------------------------------------------------------

ROOT_SERVER = Address("192.0.2.1", "a.root.infra.test")
TLD_SERVER = Address("192.0.2.2", "ns.tld.infra.test")
LEAF_SERVERS = (Address("192.0.2.3", "ns1.infra.test"), Address("192.0.2.4", "ns2.infra.test"))
LAME_SERVER = Address("192.0.2.5", "lame.infra.test")  # REFUSED to everything
SILENT_SERVER = Address("192.0.2.6", "silent.infra.test")  # never answers
RESOLVER = Address("192.0.2.53", "resolver.infra.test")  # 53, DoT on 853, DoH on 443
NS_SIX = Address("2001:db8::3", "ns6.infra.test")  # the leaves again; the only server of six.test
RESOLVER_SIX = Address("2001:db8::53", "resolver6.infra.test")
CLIENT = Address("198.51.100.10", "client.infra.test")
CLIENT_SIX = Address("2001:db8:1::10", "client6.infra.test")

SMTP_HEALTHY = Address("198.51.100.25", "smtp.healthy.test")
SMTP_EXPIRED = Address("198.51.100.31", "smtp-expired.healthy.test")
SMTP_WRONG_NAME = Address("198.51.100.32", "smtp-wrongname.healthy.test")
SMTP_NO_TLS = Address("198.51.100.33", "smtp-notls.healthy.test")
SMTP_SIX = Address("2001:db8:1::25", "smtp.six.test")  # mail over IPv6 is sent from here
SMTP_SIX_4 = Address("198.51.100.34", "smtp.six.test")
SMTP_HALF_4 = Address("198.51.100.35", "smtp-half.six.test")
SMTP_HALF_6 = Address("2001:db8:1::35", "smtp-half.six.test")  # nothing listens there
SMTP_ASCII = Address("198.51.100.36", "smtp-ascii.healthy.test")  # offers no SMTPUTF8
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
MX_SIX = Address("2001:db8:2::25", "mx.six.test")
IMAP_SIX = Address("2001:db8:2::40", "imap.six.test")
IMAP = Address("203.0.113.40", "imap.inbox.test")
IMAP_EXPIRED = Address("203.0.113.41", "imap-expired.inbox.test")
LISTS = Address("203.0.113.50", "lists.test")
WEB = Address("203.0.113.60", "web.infra.test")
FILTER = Address("203.0.113.70", "filter.infra.test")  # spamd and Rspamd, while a test asks them

HOSTS = (
    Host("dns", (ROOT_SERVER, TLD_SERVER, *LEAF_SERVERS, LAME_SERVER, SILENT_SERVER, NS_SIX)),
    Host("resolver", (RESOLVER, RESOLVER_SIX)),
    Host("client", (CLIENT, CLIENT_SIX)),
    Host(
        "healthy",
        (
            *(SMTP_HEALTHY, SMTP_EXPIRED, SMTP_WRONG_NAME, SMTP_NO_TLS, SMTP_ASCII),
            *(SMTP_SIX, SMTP_SIX_4, SMTP_HALF_4, SMTP_HALF_6),
        ),
    ),
    Host("unsigned", (SMTP_UNSIGNED,)),
    Host("esp", (SMTP_ESP,)),
    Host(
        "receiver",
        (
            *(MX_INBOX, MX_EXPIRED, MX_WRONG_NAME, MX_NO_TLS, MX_GREY, MX_REJECT, MX_REJECT_DATA),
            *(MX_BLACKHOLE, MX_DANE, MX_BAD_DANE, MX_STRICT, MX_SIX),
        ),
    ),
    Host("mailbox", (IMAP, IMAP_EXPIRED, IMAP_SIX)),
    Host("lists", (LISTS,)),
    Host("web", (WEB,)),
    Host("filter", (FILTER,)),
)
BRIDGE = "192.0.2.254"  # the launcher's own addresses, for its readiness checks
BRIDGE_SIX = "2001:db8::fe"
NETWORKS = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
REVERSE_SIX = "8.b.d.0.1.0.0.2.ip6.arpa"  # of 2001:db8::/32, which is one link here

# --- mail ------------------------------------------------------------------------------------------

HEALTHY_RSA = DkimKey("healthy.test", "rsa2026")
HEALTHY_ED = DkimKey("healthy.test", "ed2026", "ed25519-sha256")
ESP_RSA = DkimKey("esp.test", "esp1")
STALE_RSA = DkimKey("stale.test", "s1", published=False)
INSECURE_RSA = DkimKey("insecure.test", "s1")
MANY_RSA = DkimKey("manylookups.test", "s1")

SIX_ED = DkimKey("six.test", "ed2026", "ed25519-sha256")
MUNICH = "xn--mnchen-3ya.test"  # münchen.test
MUNICH_ED = DkimKey(MUNICH, "ed2026", "ed25519-sha256")

ESP_ENVELOPE = "bounces@esp.test"

SENDERS = (
    Sender(
        "healthy",
        (
            Submission(SMTP_HEALTHY),
            Submission(SMTP_EXPIRED, Certificate.EXPIRED),
            Submission(SMTP_WRONG_NAME, Certificate.WRONG_NAME),
            Submission(SMTP_NO_TLS, Certificate.NONE),
            Submission(SMTP_ASCII, smtputf8=False),
            *(Submission(each) for each in (SMTP_SIX, SMTP_SIX_4, SMTP_HALF_4)),
        ),
        (HEALTHY_RSA, HEALTHY_ED, STALE_RSA, INSECURE_RSA, MANY_RSA, SIX_ED, MUNICH_ED),
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
    Exchanger(MX_SIX),
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
        "alice@six.test",
        "bob@six.test",
        f"alice@{MUNICH}",
        f"bob@{MUNICH}",
        f"joerg@{MUNICH}",
    )
)
# Dovecot's LMTP has no SMTPUTF8: Postfix itself delivers mail for the one into the Maildir of the other.
UTF8_BOXES = {"jörg@münchen.test": f"joerg@{MUNICH}", "alice@münchen.test": f"alice@{MUNICH}"}
UTF8_REFUSED = "müller@münchen.test"  # routed to Dovecot nevertheless: a bounce with 5.6.7
BLACKHOLE_DOMAIN = "blackhole.test"  # accepted with 250, then dropped silently
JUNK_ALIASES = {"carol@inbox.test": "carol+Junk@inbox.test"}  # mail for carol is delivered to her Junk folder
LIST_ADDRESS = "friends@lists.test"  # adds a footer and a subject tag, envelope lists.test
FORWARD_ADDRESS = "forward@lists.test"  # forwards unchanged, including the envelope sender
RELAY_TARGET = "bob@inbox.test"  # the target of both
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
    # A domain that sends through the ESP without having set it up: neither SPF nor DKIM is aligned.
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
    # Everything that a domain can publish about its mail.
    Zone(
        "complete.test",
        f"{_SENDING}\n{_STS}\n{_TLS_RPT}\nlogo A 203.0.113.60\n"
        'default._bimi TXT "v=BIMI1; l=https://logo.complete.test/logo.svg"',
    ),
    # The mail hosts were changed, the policy was not.
    Zone("oldpolicy.test", f"{_SENDING}\n{_STS}\n{_TLS_RPT}"),
    # The policy host presents a certificate for another name.
    Zone("badhost.test", f"{_SENDING}\n{_STS}\n{_TLS_RPT}"),
    Zone("dane.test", f"{_OWN_MX}\n{_REJECT}\n{_TLS_RPT}"),
    Zone("baddane.test", f"{_OWN_MX}\n{_REJECT}\n{_TLS_RPT}"),
    Zone(
        "parked.test",
        '@ MX 0 .\n@ TXT "v=spf1 -all"\n_dmarc TXT "v=DMARC1; p=reject"\n*._domainkey TXT "v=DKIM1; p="',
    ),
    # A record intended for the domain also answers for every name below it, _dmarc included.
    Zone("wildcard.test", f'{_HOSTED}\n{_BY_HEALTHY}\n* TXT "v=spf1 ip4:198.51.100.25 -all"'),
    # A change reached only one of the two servers.
    Zone(
        "differ.test",
        _SENDING,
        Security.INSECURE,
        second=_SENDING.replace("ip4:198.51.100.25", "ip4:198.51.100.99"),
    ),
    # One of the two servers does not know the zone.
    # The parent still delegates to a server that no longer serves the zone.
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
    # Everything over IPv6, including the delegation.
    Zone(
        "six.test",
        f'@ MX 10 mx\n@ TXT "v=spf1 ip6:2001:db8:1::25 -all"\n{_REJECT}',
        servers=(NS_SIX.name,),
    ),
    Zone(MUNICH, f"{_HOSTED}\n{_BY_HEALTHY}\n{_REJECT}"),
    Zone("lists.test", '@ MX 10 @\n@ TXT "v=spf1 ip4:203.0.113.50 -all"'),
)


def addresses() -> tuple[Address, ...]:
    """Every address of every host."""
    return tuple(address for host in HOSTS for address in host.addresses)


def host_of(address: Address) -> str:
    """Name of the host that holds the address."""
    return next(host.name for host in HOSTS if address in host.addresses)
