"""The sending side: one Postfix per Sender (587, 465, 25, SASL), and its OpenDKIM signers in series."""

from __future__ import annotations

from collections.abc import Iterator

from tests.lab.context import Context, Daemon
from tests.lab.dkimkeys import KeyPair
from tests.lab.kinds import Certificate, Sender, Submission
from tests.lab.servers import postfix
from tests.lab.servers.dovecot import AUTH_SOCKET
from tests.lab.world import SENDERS

_MAIN = """\
smtpd_sasl_type = dovecot
smtpd_sasl_path = {socket}
smtpd_sasl_auth_enable = yes
smtpd_sasl_security_options = noanonymous
smtpd_tls_auth_only = yes
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions =
smtpd_milters = {milters}
milter_default_action = tempfail
"""
_SIGNER = """\
Mode s
Syslog yes
SyslogSuccess yes
LogWhy yes
UserID opendkim
Socket inet:{port}@{ip}
Canonicalization relaxed/relaxed
OversignHeaders From
SignatureAlgorithm {algorithm}
KeyTable file:{keys}
SigningTable refile:{signing}
InternalHosts {internal}
ExternalIgnoreList {internal}
"""
_FIRST_PORT = 8891


def daemons(context: Context) -> Iterator[Daemon]:
    """Configure every sender and its signers."""
    for sender in SENDERS:
        yield from _sender(context, sender)


def _sender(context: Context, sender: Sender) -> Iterator[Daemon]:
    signers = tuple(_signers(context, sender))
    yield from signers
    milters = ", ".join(f"inet:{ip}:{port}" for signer in signers for ip, port in signer.ready)
    addresses = tuple(submission.address for submission in sender.submissions)
    master = "".join(_entries(context, submission) for submission in sender.submissions)
    main = _MAIN.format(socket=AUTH_SOCKET, milters=milters)
    if sender.envelope:
        # Only users' mail: a bounce keeps its empty sender.
        table = context.write(f"postfix-{sender.host}/envelope", f"/^.+@.+$/ {sender.envelope}\n")
        main += f"sender_canonical_maps = regexp:{table}\nsender_canonical_classes = envelope_sender\n"
    yield postfix.instance(
        context,
        host=sender.host,
        name=sender.submissions[0].address.name,
        addresses=addresses,
        main=main,
        master=master,
        ready=tuple((address.ip, port) for address in addresses for port in (25, 465, 587)),
    )


def _entries(context: Context, submission: Submission) -> str:
    ip = submission.address.listen
    tls = postfix.tls_options(context, submission.address.name, submission.certificate)
    # A server without TLS accepts the password in the clear: this is the fault to find.
    if submission.certificate is Certificate.NONE:
        tls += "  -o smtpd_tls_auth_only=no\n"
    name = f"  -o myhostname={submission.address.name}\n"
    if not submission.smtputf8:
        name += "  -o smtputf8_enable=no\n"
    # 465 without TLS makes no sense, but the port is open, to differ from "nothing listens".
    wrapper = "  -o smtpd_tls_wrappermode=yes\n" if submission.certificate is not Certificate.NONE else ""
    plain = "".join(f"{ip}:{port} inet n - n - - smtpd\n{tls}{name}" for port in (25, 587))
    return plain + f"{ip}:465 inet n - n - - smtpd\n{tls}{name}{wrapper}"


def _signers(context: Context, sender: Sender) -> Iterator[Daemon]:
    # SignatureAlgorithm applies to a whole process, and a process uses only the first matching key:
    # hence one signer per algorithm, in series.
    ip = sender.submissions[0].address.ip
    own = tuple(pair for pair in context.keys if pair.key in sender.dkim)
    algorithms = tuple(sorted({pair.key.algorithm for pair in own}))
    for number, algorithm in enumerate(algorithms):
        name = f"opendkim-{sender.host}-{algorithm.split('-')[0]}"
        pairs = tuple(pair for pair in own if pair.key.algorithm == algorithm)
        keys = context.write(f"{name}/keys", "".join(_key_line(context, name, pair) for pair in pairs))
        signing = context.write(
            f"{name}/signing",
            "".join(
                f"{pattern} {_label(pair)}\n"
                for pair in pairs
                for pattern in (("*",) if sender.sign_everything else _authors(pair.key.domain))
            ),
        )
        internal = context.write(f"{name}/internal", "0.0.0.0/0\n::/0\n")
        config = context.write(
            f"{name}.conf",
            _SIGNER.format(
                port=_FIRST_PORT + number,
                ip=ip,
                algorithm=algorithm,
                keys=keys,
                signing=signing,
                internal=internal,
            ),
        )
        yield Daemon(
            name,
            sender.host,
            ("/usr/sbin/opendkim", "-f", "-x", str(config)),
            ((ip, _FIRST_PORT + number),),
        )


def _authors(domain: str) -> tuple[str, ...]:
    """The domain's author addresses in the forms OpenDKIM sees: it does not convert U-labels and A-labels."""
    shown = domain.encode().decode("idna")
    return tuple(f"*@{name}" for name in dict.fromkeys((domain, shown)))


def _key_line(context: Context, folder: str, pair: KeyPair) -> str:
    path = context.write(f"{folder}/{_label(pair)}.pem", pair.private_pem, owner="opendkim", mode=0o600)
    return f"{_label(pair)} {pair.key.domain}:{pair.key.selector}:{path}\n"


def _label(pair: KeyPair) -> str:
    return f"{pair.key.selector}.{pair.key.domain}"
