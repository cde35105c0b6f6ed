"""Dovecot: IMAP and POP3 with their TLS ports, LMTP delivery, and SASL for the submission servers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.lab import world
from tests.lab.context import ROOT, Context, Daemon
from tests.lab.kinds import Certificate

AUTH_SOCKET = ROOT / "sasl" / "auth"
LMTP_PORT = 24

_CONFIG = """\
base_dir = {work}/run
state_dir = {work}/state
log_path = {log}
protocols = imap pop3 lmtp
listen = {imap}, {expired}, {six}
hostname = {name}
auth_mechanisms = plain login cram-md5 scram-sha-256
auth_failure_delay = 0
auth_worker_max_count = 2
disable_plaintext_auth = yes
auth_verbose = yes
first_valid_uid = 8
mail_location = maildir:~/Maildir
recipient_delimiter = +
lmtp_save_to_detail_mailbox = yes
lda_mailbox_autocreate = yes
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
local {expired} {{
  ssl_cert = <{expired_certificate}
  ssl_key = <{expired_key}
}}
local {six} {{
  ssl_cert = <{six_certificate}
  ssl_key = <{six_key}
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {users}
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={mail}/%d/%n
}}
namespace inbox {{
  inbox = yes
  mailbox Junk {{
    special_use = \\Junk
    auto = subscribe
  }}
  mailbox Trash {{
    special_use = \\Trash
    auto = subscribe
  }}
}}
service auth {{
  unix_listener {socket} {{
    mode = 0660
    user = postfix
    group = postfix
  }}
}}
# A wrong password from an address must not slow down whoever comes next from there.
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = {imap}
    port = {lmtp}
  }}
}}
protocol lmtp {{
  postmaster_address = postmaster@inbox.test
}}
"""


def daemons(context: Context) -> Iterator[Daemon]:
    """Configure Dovecot, with one address that presents an expired certificate."""
    work = context.folder("dovecot")
    context.folder("dovecot/run")
    context.folder("dovecot/state")
    context.folder(str(AUTH_SOCKET.parent.relative_to(ROOT)))
    mail = context.folder("mail", owner="mail")
    for box in world.MAILBOXES:  # so that a Maildir exists before its first message
        user, _, domain = box.address.partition("@")
        maildir = f"{domain}/{user}/Maildir"
        folders = (
            domain,
            f"{domain}/{user}",
            maildir,
            *(f"{maildir}/{part}" for part in ("cur", "new", "tmp")),
        )
        for folder in folders:
            context.folder(f"mail/{folder}", owner="mail")
    users = context.write(
        "dovecot/users",
        "".join(f"{box.address}:{box.password}\n" for box in world.MAILBOXES),
        owner="dovecot",
        mode=0o640,
    )
    certificate, key = context.pki.issue(world.IMAP.name)
    expired_certificate, expired_key = context.pki.issue(world.IMAP_EXPIRED.name, Certificate.EXPIRED)
    six_certificate, six_key = context.pki.issue(world.IMAP_SIX.name)
    config = context.write(
        "dovecot.conf",
        _CONFIG.format(
            work=work,
            log=Path(context.root, "log", "dovecot.log"),
            name=world.IMAP.name,
            imap=world.IMAP.ip,
            six=world.IMAP_SIX.ip,
            six_certificate=six_certificate,
            six_key=six_key,
            expired=world.IMAP_EXPIRED.ip,
            certificate=certificate,
            key=key,
            expired_certificate=expired_certificate,
            expired_key=expired_key,
            users=users,
            mail=mail,
            socket=AUTH_SOCKET,
            lmtp=LMTP_PORT,
        ),
    )
    ports = (143, 993, 110, 995)
    ready = tuple(
        (address.ip, port) for address in (world.IMAP, world.IMAP_EXPIRED, world.IMAP_SIX) for port in ports
    )
    yield Daemon(
        "dovecot",
        "mailbox",
        ("/usr/sbin/dovecot", "-F", "-c", str(config)),
        (*ready, (world.IMAP.ip, LMTP_PORT)),
    )
