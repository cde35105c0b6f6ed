"""The options of ``mailproof probe`` that say how to send and fetch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import typer

from mailproof.choices import Security
from mailproof.cli.groups import panel
from mailproof.errors import UsageError

_SECURITIES = "starttls|tls|plain"
Kind = Literal["imap", "pop3", "maildir", "mbox", "listener"]


@panel("Sending and fetching")
class ProbeOptions(NamedTuple):
    """As given; "" or None: not given."""

    smtp: Annotated[
        str, typer.Option("--smtp", metavar="HOST[:PORT]", help="Submit here (587 STARTTLS, 465 TLS, 25).")
    ] = ""
    smtp_security: Annotated[
        Security | None,
        typer.Option(
            "--smtp-security",
            metavar=_SECURITIES,
            case_sensitive=False,
            help="If the port does not imply it.",
        ),
    ] = None
    smtp_user: Annotated[str, typer.Option("--smtp-user", metavar="NAME", help="User name.")] = ""
    smtp_password_env: Annotated[
        str,
        typer.Option(
            "--smtp-password-env", metavar="VARIABLE", help="Environment variable with the password."
        ),
    ] = ""
    smtp_password_command: Annotated[
        str,
        typer.Option("--smtp-password-command", metavar="CMD", help="A command that prints the password."),
    ] = ""
    ehlo: Annotated[str, typer.Option("--ehlo", metavar="NAME", help="EHLO name.")] = ""
    sender: Annotated[str, typer.Option("--from", metavar="ADDR", help="The From address.")] = ""
    to: Annotated[str, typer.Option("--to", metavar="ADDR", help="The recipient.")] = ""
    mail_from: Annotated[
        str | None,
        typer.Option("--mail-from", metavar="ADDR", help="Envelope sender (default: From)."),
    ] = None
    subject: Annotated[str, typer.Option("--subject", metavar="TEXT", help="The subject.")] = ""
    template: Annotated[
        Path | None, typer.Option("--eml", metavar="FILE", help="Send this message, with the token added.")
    ] = None
    attachments: Annotated[
        list[Path] | None, typer.Option("--attach", metavar="FILE", help="Attach this (repeatable).")
    ] = None
    unsubscribe: Annotated[
        str,
        typer.Option("--list-unsubscribe", metavar="URL", help="Add one-click List-Unsubscribe (RFC 8058)."),
    ] = ""
    imap: Annotated[str, typer.Option("--imap", metavar="HOST[:PORT]", help="Fetch it by IMAP.")] = ""
    pop3: Annotated[str, typer.Option("--pop3", metavar="HOST[:PORT]", help="Fetch it by POP3.")] = ""
    maildir: Annotated[str, typer.Option("--maildir", metavar="DIR", help="Fetch it from a Maildir.")] = ""
    mbox: Annotated[str, typer.Option("--mbox", metavar="FILE", help="Fetch it from an mbox.")] = ""
    listen: Annotated[
        str, typer.Option("--listen", metavar="ADDR:PORT", help="Receive it over SMTP on this address.")
    ] = ""
    mailbox_security: Annotated[
        Security | None,
        typer.Option(
            "--mailbox-security",
            metavar=_SECURITIES,
            case_sensitive=False,
            help="If the port does not imply it.",
        ),
    ] = None
    mailbox_user: Annotated[
        str, typer.Option("--mailbox-user", metavar="NAME", help="User name for the mailbox.")
    ] = ""
    mailbox_password_env: Annotated[
        str,
        typer.Option(
            "--mailbox-password-env", metavar="VARIABLE", help="Environment variable with its password."
        ),
    ] = ""
    mailbox_password_command: Annotated[
        str,
        typer.Option("--mailbox-password-command", metavar="CMD", help="A command that prints its password."),
    ] = ""
    junk: Annotated[
        str, typer.Option("--junk", metavar="FOLDER", help="Another folder that counts as spam folder.")
    ] = ""
    deadline: Annotated[
        float | None,
        typer.Option("--deadline", metavar="SECONDS", min=0.5, max=86400, help="How long to wait (120)."),
    ] = None
    remove: Annotated[bool, typer.Option("--remove", help="Remove the probe from the mailbox.")] = False
    ca_file: Annotated[
        Path | None, typer.Option("--ca-file", metavar="FILE", help="Trust these CAs (PEM).")
    ] = None
    every_address: Annotated[
        bool,
        typer.Option("--every-address", help="Sign in to each address of the SMTP server, IPv4 and IPv6."),
    ] = False
    any_certificate: Annotated[
        bool,
        typer.Option("--accept-any-certificate", help="Don't verify certificates; the report says so."),
    ] = False
    plaintext_auth: Annotated[
        bool,
        typer.Option("--allow-plaintext-auth", help="Send the password without TLS; the report says so."),
    ] = False

    @property
    def mailbox(self) -> tuple[Kind, str] | None:
        """The one mailbox given, and where it is. Raises UsageError for two."""
        places: tuple[tuple[Kind, str], ...] = (
            ("imap", self.imap),
            ("pop3", self.pop3),
            ("maildir", self.maildir),
            ("mbox", self.mbox),
            ("listener", self.listen),
        )
        given = [place for place in places if place[1]]
        if len(given) > 1:
            raise UsageError(
                f"only one mailbox can be used: give --{given[0][0]} or --{given[1][0]}, not both"
            )
        return given[0] if given else None


SENDING = ProbeOptions()
