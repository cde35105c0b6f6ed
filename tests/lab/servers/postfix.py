"""Shared by the sending and the receiving Postfix: an instance with its own folders."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.lab.context import Context, Daemon
from tests.lab.kinds import Address, Certificate

_QUEUES = (
    *("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming"),
    *("private", "saved", "trace"),
)

_MAIN = """\
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = {log}
maillog_file_prefixes = {logs}
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = {interfaces}
inet_protocols = all
myhostname = {name}
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
biff = no
default_database_type = texthash
smtputf8_enable = yes
smtpd_helo_required = yes
smtpd_tls_loglevel = 1
smtp_tls_loglevel = 1
smtp_tls_CAfile = {ca}
smtp_tls_security_level = dane
smtp_dns_support_level = dnssec
smtp_bind_address = {bind}
{bind_six}queue_run_delay = 2s
minimal_backoff_time = 2s
maximal_backoff_time = 3s
bounce_queue_lifetime = 60s
maximal_queue_lifetime = 60s
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
"""

# Every service runs outside a chroot ("n" in the fifth column): a chroot would lack resolv.conf.
_MASTER = """\
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def instance(
    context: Context,
    *,
    host: str,
    name: str,
    addresses: tuple[Address, ...],
    main: str,
    master: str,
    ready: tuple[tuple[str, int], ...],
) -> Daemon:
    """Write main.cf and master.cf of one instance and make its queue.

    It listens only on `addresses`, and sends from the first one of each family.
    """
    folder = f"postfix-{host}"
    queue = context.folder(f"{folder}/queue")
    for queue_name in _QUEUES:
        context.folder(f"{folder}/queue/{queue_name}", owner="postfix", mode=0o700)
    context.folder(f"{folder}/queue/pid")
    for shared in ("maildrop", "public"):
        path = context.folder(f"{folder}/queue/{shared}")
        shutil.chown(path, "postfix", "postdrop")
        path.chmod(0o1730 if shared == "maildrop" else 0o2710)
    data = context.folder(f"{folder}/data", owner="postfix", mode=0o700)
    logs = context.folder("log")
    six = tuple(address.ip for address in addresses if address.six)
    text = _MAIN.format(
        queue=queue,
        data=data,
        log=log_file(context, host),
        logs=logs,
        interfaces=", ".join(address.listen for address in addresses),
        name=name,
        ca=context.pki.bundle,
        bind=addresses[0].ip,
        bind_six=f"smtp_bind_address6 = {six[0]}\n" if six else "",
    )
    config = context.write(f"{folder}/main.cf", text + main).parent
    context.write(f"{folder}/master.cf", _MASTER + master)
    return Daemon(f"postfix-{host}", host, ("/usr/lib/postfix/sbin/master", "-c", str(config), "-d"), ready)


def log_file(context: Context, host: str) -> Path:
    """Where the instance logs."""
    return context.root / "log" / f"postfix-{host}.log"


def tls_options(context: Context, host: str, certificate: Certificate) -> str:
    """The `-o` lines that give one smtpd entry its certificate, or no TLS at all."""
    if certificate is Certificate.NONE:
        return "  -o smtpd_tls_security_level=none\n"
    cert, key = context.pki.issue(host, certificate)
    return f"  -o smtpd_tls_security_level=may\n  -o smtpd_tls_chain_files={key},{cert}\n"
