"""``mailproof probe``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailproof.cli import options as opt
from mailproof.cli.output import OutputOptions, finish
from mailproof.errors import UsageError

if TYPE_CHECKING:
    from mailproof.cli.profile import Kind
    from mailproof.facts.stop import Stop
    from mailproof.model import Report


def command(
    profile: Annotated[
        str, typer.Argument(metavar="[PROFILE]", help="A profile of mailproof.toml (the only one).")
    ] = "",
    smtp: Annotated[
        str, typer.Option("--smtp", metavar="HOST[:PORT]", help="Submit here (587 STARTTLS, 465 TLS, 25).")
    ] = "",
    smtp_security: Annotated[
        str,
        typer.Option("--smtp-security", metavar="starttls|tls|plain", help="Where the port does not tell."),
    ] = "",
    smtp_user: Annotated[str, typer.Option("--smtp-user", metavar="NAME", help="Log in as.")] = "",
    smtp_password_env: Annotated[
        str, typer.Option("--smtp-password-env", metavar="VARIABLE", help="The variable with the password.")
    ] = "",
    smtp_password_command: Annotated[
        str,
        typer.Option("--smtp-password-command", metavar="CMD", help="A command that prints the password."),
    ] = "",
    ehlo: Annotated[str, typer.Option("--ehlo", metavar="NAME", help="The name to say EHLO with.")] = "",
    sender: Annotated[str, typer.Option("--from", metavar="ADDR", help="The From address.")] = "",
    to: Annotated[str, typer.Option("--to", metavar="ADDR", help="The recipient.")] = "",
    mail_from: Annotated[
        str | None,
        typer.Option("--mail-from", metavar="ADDR", help="The envelope sender, where it is not From."),
    ] = None,
    subject: Annotated[str, typer.Option("--subject", metavar="TEXT", help="The subject.")] = "",
    template: Annotated[
        Path | None, typer.Option("--eml", metavar="FILE", help="Send this message (with the token put in).")
    ] = None,
    attachments: Annotated[
        list[Path] | None, typer.Option("--attach", metavar="FILE", help="Attach this (may be repeated).")
    ] = None,
    unsubscribe: Annotated[
        str,
        typer.Option("--list-unsubscribe", metavar="URL", help="Add one-click List-Unsubscribe (RFC 8058)."),
    ] = "",
    imap: Annotated[str, typer.Option("--imap", metavar="HOST[:PORT]", help="Fetch it by IMAP.")] = "",
    pop3: Annotated[str, typer.Option("--pop3", metavar="HOST[:PORT]", help="Fetch it by POP3.")] = "",
    maildir: Annotated[str, typer.Option("--maildir", metavar="DIR", help="Fetch it from a Maildir.")] = "",
    mbox: Annotated[str, typer.Option("--mbox", metavar="FILE", help="Fetch it from an mbox.")] = "",
    listen: Annotated[
        str, typer.Option("--listen", metavar="ADDR:PORT", help="Take it by SMTP on this address.")
    ] = "",
    mailbox_security: Annotated[
        str,
        typer.Option(
            "--mailbox-security", metavar="starttls|tls|plain", help="Where the port does not tell."
        ),
    ] = "",
    mailbox_user: Annotated[
        str, typer.Option("--mailbox-user", metavar="NAME", help="Log in to the mailbox as.")
    ] = "",
    mailbox_password_env: Annotated[
        str,
        typer.Option("--mailbox-password-env", metavar="VARIABLE", help="The variable with its password."),
    ] = "",
    mailbox_password_command: Annotated[
        str,
        typer.Option("--mailbox-password-command", metavar="CMD", help="A command that prints its password."),
    ] = "",
    junk: Annotated[
        str, typer.Option("--junk", metavar="FOLDER", help="A folder that counts as the spam folder too.")
    ] = "",
    deadline: Annotated[
        float | None,
        typer.Option("--deadline", metavar="SECONDS", min=0.5, max=86400, help="How long to wait (120)."),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Remove the probe from the mailbox.")] = False,
    ca_file: Annotated[
        Path | None, typer.Option("--ca-file", metavar="FILE", help="Trust these authorities (PEM).")
    ] = None,
    any_certificate: Annotated[
        bool,
        typer.Option("--accept-any-certificate", help="Do not verify certificates; the report says so."),
    ] = False,
    plaintext_auth: Annotated[
        bool,
        typer.Option("--allow-plaintext-auth", help="Send the password without TLS; the report says so."),
    ] = False,
    spamassassin: opt.SpamAssassin = None,
    rspamd: opt.Rspamd = None,
    nameservers: opt.Nameservers = None,
    zones: opt.Zones = None,
    offline: opt.Offline = False,
    record: opt.Record = None,
    replay: opt.Replay = None,
    form: opt.Form = opt.Format.TEXT,
    outputs: opt.Outputs = None,
    quiet: opt.Quiet = False,
    verbose: opt.Verbose = 0,
    color: opt.Colors = opt.Color.AUTO,
    fail_on: opt.Fail = None,
    select: opt.Select = None,
    ignore: opt.Ignore = None,
    config_file: opt.ConfigFile = None,
) -> None:
    """Send a test message, fetch it back, verify what arrived; one report with the DNS audit.

    mailproof probe            with the profile of mailproof.toml

    mailproof probe --smtp mail.acme.example --smtp-user ada --smtp-password-env PW
    --from ada@acme.example --to test@receiver.example --maildir ~/Maildir
    """
    from mailproof.cli.dns_session import DnsOptions, dns_session
    from mailproof.cli.profile import PasswordOption, ProbeOptions, chosen_profile
    from mailproof.cli.progress import progress
    from mailproof.cli.running import run
    from mailproof.config import load_config
    from mailproof.engine.probe import probe_async

    config = load_config(config_file)
    places: tuple[tuple[Kind, str], ...] = (
        ("imap", imap),
        ("pop3", pop3),
        ("maildir", maildir),
        ("mbox", mbox),
        ("listener", listen),
    )
    given = [place for place in places if place[1]]
    if len(given) > 1:
        raise UsageError(f"one mailbox is enough: give --{given[0][0]} or --{given[1][0]}, not both")
    chosen = chosen_profile(
        config,
        profile,
        ProbeOptions(
            smtp=smtp,
            smtp_security=smtp_security,
            smtp_user=smtp_user,
            smtp_password=PasswordOption(smtp_password_env, smtp_password_command),
            ehlo=ehlo,
            sender=sender,
            to=to,
            mail_from=mail_from,
            subject=subject,
            template=template,
            attachments=tuple(attachments or ()),
            unsubscribe=unsubscribe,
            mailbox=given[0] if given else None,
            mailbox_security=mailbox_security,
            mailbox_user=mailbox_user,
            mailbox_password=PasswordOption(mailbox_password_env, mailbox_password_command),
            junk=junk,
            deadline=deadline,
            remove=remove,
            ca_file=ca_file,
            any_certificate=any_certificate,
            plaintext_auth=plaintext_auth,
        ),
    )
    out = OutputOptions.of(config, form, outputs, quiet, verbose, color, fail_on, select, ignore)
    filters = config.filters
    if spamassassin is not None or rspamd is not None:
        from mailproof.cli.filters import chosen_filters

        filters = chosen_filters(filters, spamassassin, rspamd)
    dns = DnsOptions.of(config, nameservers, zones, offline, record, replay)
    total = chosen.retrieve.deadline if chosen.retrieve else 0.0

    async def work(stop: Stop) -> Report:
        async with dns_session(dns) as session:
            with progress(quiet, total=total) as show:
                return await probe_async(
                    chosen,
                    config,
                    resolver=session.resolver,
                    progress=show,
                    now=session.now,
                    stop=stop,
                    filters=filters,
                )

    finish([run(work)], out)
