"""The receiving side: one Postfix with an smtpd entry per exchanger, then OpenDKIM, SPF and OpenDMARC."""

from __future__ import annotations

from collections.abc import Iterator

from tests.lab import world
from tests.lab.context import ROOT, Context, Daemon
from tests.lab.kinds import Exchanger
from tests.lab.servers import postfix
from tests.lab.servers.dovecot import LMTP_PORT
from tests.lab.world import AUTHSERV_ID, EXCHANGERS, MX_INBOX, RESOLVER

_DKIM, _SPF, _DMARC, _STRICT_DMARC, _GREY = 8891, 8892, 8893, 8894, 10023

_MAIN = """\
virtual_mailbox_domains = {domains}
virtual_mailbox_maps = texthash:{mailboxes}
virtual_alias_maps = texthash:{aliases}
virtual_transport = lmtp:inet:{lmtp}
virtual_mailbox_base = {mail}
virtual_uid_maps = static:8
virtual_gid_maps = static:8
virtual_minimum_uid = 8
transport_maps = texthash:{transports}
recipient_delimiter = +
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions =
lab_strict_milters = {strict_milters}
lab_greylist = check_policy_service inet:{ip}:{grey}
smtpd_milters = {milters}
milter_default_action = tempfail
milter_connect_macros = j {{daemon_name}} v
header_checks = regexp:{header_checks}
"""
_OPENDKIM = """\
Mode v
Syslog yes
SyslogSuccess yes
LogWhy yes
UserID opendkim
Socket inet:{port}@{ip}
AuthservID {name}
AlwaysAddARHeader yes
ResolverConfiguration {resolver}
"""
# OpenDKIM uses libunbound, which answers `test.` itself by default.
_LIBUNBOUND = """\
server:
  local-zone: "test." nodefault
forward-zone:
  name: "."
  forward-addr: {resolver}
"""
_SPF_MILTER = """\
debugLevel = 1
TestOnly = 1
HELO_reject = False
Mail_From_reject = False
PermError_reject = False
TempError_Defer = False
skip_addresses = 127.0.0.0/8
Authserv_Id = {name}
Socket = inet:{port}@{ip}
PidFile = {work}/pid
UserID = pyspf-milter
InternalHosts = 127.0.0.1
"""
_OPENDMARC = """\
Syslog true
UserID opendmarc
Socket inet:{port}@{ip}
AuthservID {name}
TrustedAuthservIDs {name}
SPFIgnoreResults false
SPFSelfValidate false
IgnoreAuthenticatedClients false
RejectFailures {strict}
RequiredHeaders {strict}
SoftwareHeader false
HistoryFile {history}
PublicSuffixList {suffixes}
"""


def daemons(context: Context) -> Iterator[Daemon]:
    """Configure the receiver with its milters in the order DKIM, SPF, DMARC."""
    ip = MX_INBOX.ip
    yield _opendkim(context, ip)
    yield _spf(context, ip)
    yield _opendmarc(context, ip)
    yield _opendmarc(context, ip, strict=True)
    yield _postgrey(context, ip)
    yield _postfix(context, ip)


def _opendkim(context: Context, ip: str) -> Daemon:
    resolver = context.write("opendkim-receiver.unbound", _LIBUNBOUND.format(resolver=RESOLVER.ip))
    text = _OPENDKIM.format(port=_DKIM, ip=ip, name=AUTHSERV_ID, resolver=resolver)
    config = context.write("opendkim-receiver.conf", text)
    argv = ("/usr/sbin/opendkim", "-f", "-x", str(config))
    return Daemon("opendkim-receiver", "receiver", argv, ((ip, _DKIM),))


def _spf(context: Context, ip: str) -> Daemon:
    work = context.folder("pyspf-milter", owner="pyspf-milter")
    text = _SPF_MILTER.format(name=AUTHSERV_ID, port=_SPF, ip=ip, work=work)
    config = context.write("pyspf-milter.conf", text)
    return Daemon("pyspf-milter", "receiver", ("/usr/bin/pyspf-milter", str(config)), ((ip, _SPF),))


def _opendmarc(context: Context, ip: str, *, strict: bool = False) -> Daemon:
    name, port = ("opendmarc-strict", _STRICT_DMARC) if strict else ("opendmarc", _DMARC)
    work = context.folder(name, owner="opendmarc")
    # The real list has no `test`: without a rule, the last label is the suffix, which is right here.
    suffixes = context.write(f"{name}/suffixes", "test\n")
    text = _OPENDMARC.format(
        port=port,
        ip=ip,
        name=AUTHSERV_ID,
        history=work / "history",
        suffixes=suffixes,
        strict="true" if strict else "false",
    )
    config = context.write(f"{name}.conf", text)
    argv = ("/usr/sbin/opendmarc", "-f", "-c", str(config))
    return Daemon(name, "receiver", argv, ((ip, port),))


def _postgrey(context: Context, ip: str) -> Daemon:
    work = context.folder("postgrey", owner="postgrey", mode=0o700)
    empty = context.write("postgrey-none", "")
    argv = (
        "/usr/sbin/postgrey",
        f"--inet={ip}:{_GREY}",
        "--delay=5",
        "--retry-window=1",
        "--lookup-by-host",  # by subnet, other hosts of the /24 would count as the first attempt
        "--auto-whitelist-clients=0",
        f"--dbdir={work}",
        f"--whitelist-clients={empty}",
        f"--whitelist-recipients={empty}",
        "--user=postgrey",
        "--group=postgrey",
    )
    return Daemon("postgrey", "receiver", argv, ((ip, _GREY),))


def _postfix(context: Context, ip: str) -> Daemon:
    domains = sorted({box.address.partition("@")[2] for box in world.MAILBOXES})
    mailboxes = "".join(f"{box.address} ok\n" for box in world.MAILBOXES)
    transports = f"{world.BLACKHOLE_DOMAIN} discard:\n"
    for address, box in world.UTF8_BOXES.items():
        user, _, domain = box.partition("@")
        domains.append(address.partition("@")[2])
        mailboxes += f"{address} {domain}/{user}/Maildir/\n"
        transports += f"{address} virtual:\n"
    mailboxes += f"{world.UTF8_REFUSED} ok\n"
    # The target maps to itself: looked up without its extension, it would get that added repeatedly.
    aliases = "".join(
        f"{alias} {target}\n{target} {target}\n" for alias, target in world.JUNK_ALIASES.items()
    )
    own = AUTHSERV_ID.replace(".", "\\.")
    # Results in this server's name that arrive from outside are forged (RFC 8601 section 5).
    checks = f"/^Authentication-Results:[[:space:]]*{own}([[:space:];]|$)/ IGNORE\n"
    main = _MAIN.format(
        domains=", ".join(domains),
        mailboxes=context.write("postfix-receiver/mailboxes", mailboxes),
        aliases=context.write("postfix-receiver/aliases", aliases),
        lmtp=f"{world.IMAP.ip}:{LMTP_PORT}",
        mail=ROOT / "mail",
        transports=context.write("postfix-receiver/transports", transports),
        ip=ip,
        grey=_GREY,
        milters=", ".join(f"inet:{ip}:{port}" for port in (_DKIM, _SPF, _DMARC)),
        strict_milters=", ".join(f"inet:{ip}:{port}" for port in (_DKIM, _SPF, _STRICT_DMARC)),
        header_checks=context.write("postfix-receiver/header_checks", checks),
    )
    rules = "".join(
        f"lab_rcpt_{number} = check_recipient_access static:{{{exchanger.reject_rcpt}}}\n"
        f"lab_data_{number} = check_sender_access static:{{{exchanger.reject_data}}}\n"
        for number, exchanger in enumerate(EXCHANGERS)
    )
    return postfix.instance(
        context,
        host="receiver",
        name=AUTHSERV_ID,
        addresses=tuple(exchanger.address for exchanger in EXCHANGERS),
        main=main + rules,
        master="".join(_entry(context, number, each) for number, each in enumerate(EXCHANGERS)),
        ready=tuple((exchanger.address.ip, 25) for exchanger in EXCHANGERS),
    )


def _entry(context: Context, number: int, exchanger: Exchanger) -> str:
    text = f"{exchanger.address.listen}:25 inet n - n - - smtpd\n"
    text += postfix.tls_options(context, exchanger.address.name, exchanger.certificate)
    if exchanger.address.name != AUTHSERV_ID:
        text += f"  -o myhostname={exchanger.address.name}\n"
    if exchanger.strict:
        text += "  -o smtpd_milters=$lab_strict_milters\n"
        text += "  -o smtpd_sender_restrictions=reject_unknown_sender_domain\n"
    if exchanger.greylist:
        text += "  -o smtpd_recipient_restrictions=$lab_greylist\n"
    if exchanger.reject_rcpt:
        text += f"  -o smtpd_recipient_restrictions=$lab_rcpt_{number}\n"
    if exchanger.reject_data:
        text += f"  -o smtpd_end_of_data_restrictions=$lab_data_{number}\n"
    return text
