"""The options of ``mailproof probe`` for sending and fetching."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

from mailproof.choices import Security
from mailproof.cli.groups import option, panel
from mailproof.errors import UsageError

Kind = Literal["imap", "pop3", "maildir", "mbox", "listener"]


@panel("Sending and fetching")
class ProbeOptions(NamedTuple):
    """Options as given; "" or None means not given."""

    smtp: str = option("--smtp HOST[:PORT]", "Submit here (587 STARTTLS, 465 TLS, 25).", "")
    smtp_security: Security | None = option(
        "--smtp-security MODE",
        "starttls, tls or plain. Default: what the port implies.",
        None,
        case_sensitive=False,
    )
    smtp_user: str = option("--smtp-user NAME", "User name.", "")
    smtp_password_env: str = option(
        "--smtp-password-env VARIABLE", "Environment variable with the password.", ""
    )
    smtp_password_command: str = option(
        "--smtp-password-command CMD", "A command that prints the password.", ""
    )
    ehlo: str = option("--ehlo NAME", "EHLO name.", "")
    sender: str = option("--from ADDR", "The From address.", "")
    to: str = option("--to ADDR", "The recipient.", "")
    mail_from: str | None = option("--mail-from ADDR", "Envelope sender (default: From).", None)
    subject: str = option("--subject TEXT", "The subject.", "")
    template: Path | None = option("--eml FILE", "Send this message, with the token added.", None)
    attachments: list[Path] | None = option("--attach FILE", "Attach this (repeatable).", None)
    unsubscribe: str = option("--list-unsubscribe URL", "Add one-click List-Unsubscribe (RFC 8058).", "")
    imap: str = option("--imap HOST[:PORT]", "Fetch it by IMAP.", "")
    pop3: str = option("--pop3 HOST[:PORT]", "Fetch it by POP3.", "")
    maildir: str = option("--maildir DIR", "Fetch it from a Maildir.", "")
    mbox: str = option("--mbox FILE", "Fetch it from an mbox.", "")
    listen: str = option("--listen ADDR:PORT", "Receive it over SMTP on this address.", "")
    mailbox_security: Security | None = option(
        "--mailbox-security MODE",
        "starttls, tls or plain. Default: what the port implies.",
        None,
        case_sensitive=False,
    )
    mailbox_user: str = option("--mailbox-user NAME", "User name for the mailbox.", "")
    mailbox_password_env: str = option(
        "--mailbox-password-env VARIABLE", "Environment variable with its password.", ""
    )
    mailbox_password_command: str = option(
        "--mailbox-password-command CMD", "A command that prints its password.", ""
    )
    junk: str = option("--junk FOLDER", "Another folder that counts as spam folder.", "")
    deadline: float | None = option("--deadline SECONDS", "How long to wait (120).", None, min=0.5, max=86400)
    remove: bool = option("--remove", "Remove the probe from the mailbox.", False)
    ca_file: Path | None = option("--ca-file FILE", "Trust these CAs (PEM).", None)
    every_address: bool = option(
        "--every-address", "Sign in to each address of the SMTP server, IPv4 and IPv6.", False
    )
    any_certificate: bool = option(
        "--accept-any-certificate", "Don't verify certificates; the report says so.", False
    )
    plaintext_auth: bool = option(
        "--allow-plaintext-auth", "Send the password without TLS; the report says so.", False
    )

    @property
    def mailbox(self) -> tuple[Kind, str] | None:
        """The mailbox given, and its location. Raises UsageError for more than one."""
        places: tuple[tuple[Kind, str], ...] = (
            ("imap", self.imap),
            ("pop3", self.pop3),
            ("maildir", self.maildir),
            ("mbox", self.mbox),
            ("listener", self.listen),
        )
        given = [place for place in places if place[1]]
        if len(given) > 1:
            first, second, *_ = (mailbox_option(kind) for kind, _ in given)
            raise UsageError(f"only one mailbox can be used: give {first} or {second}, not both")
        return given[0] if given else None


def mailbox_option(kind: Kind) -> str:
    """The option that gives a mailbox of this kind."""
    return "--listen" if kind == "listener" else f"--{kind}"


SENDING = ProbeOptions()
