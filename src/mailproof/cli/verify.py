"""``mailproof verify``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailproof.cli import options as opt
from mailproof.cli.output import OutputOptions, finish
from mailproof.errors import MessageError

if TYPE_CHECKING:
    from mailproof.facts.stop import Stop
    from mailproof.mail.saved import SavedMessage
    from mailproof.model import Report


def command(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE|FOLDER|-",
            help="A saved message (.eml, mbox, Outlook .msg, pasted headers), a folder of them, or - for "
            "standard input.",
        ),
    ],
    ip: Annotated[
        str | None, typer.Option("--ip", metavar="ADDR", help="The client that handed the message over.")
    ] = None,
    helo: Annotated[str | None, typer.Option("--helo", metavar="NAME", help="The name it gave.")] = None,
    mail_from: Annotated[
        str | None,
        typer.Option("--mail-from", metavar="ADDR", help='The envelope sender ("" for the null one).'),
    ] = None,
    trust: Annotated[
        str | None,
        typer.Option(
            "--trust", metavar="AUTHSERV-ID", help="The border whose Authentication-Results are trusted."
        ),
    ] = None,
    spamassassin: opt.SpamAssassin = None,
    rspamd: opt.Rspamd = None,
    nameservers: opt.Nameservers = None,
    zones: opt.Zones = None,
    offline: opt.Offline = False,
    record: opt.Record = None,
    replay: opt.Replay = None,
    timeout: opt.Timeout = None,
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
    """Verify a saved message: SPF, DKIM, ARC, DMARC, and what the receiver said of it.

    mailproof verify message.eml

    mailproof verify - --ip 192.0.2.25 --helo mail.acme.example < message.eml
    """
    from mailproof.cli.dns_session import DnsOptions, dns_session
    from mailproof.cli.progress import progress
    from mailproof.cli.running import run
    from mailproof.cli.streams import complain
    from mailproof.config import load_config
    from mailproof.dns import MemoResolver
    from mailproof.engine.verify import verify_async

    config = load_config(config_file)
    out = OutputOptions.of(config, form, outputs, quiet, verbose, color, fail_on, select, ignore)
    dns = DnsOptions.of(config, nameservers, zones, offline, record, replay)
    filters = config.filters
    if spamassassin is not None or rspamd is not None:
        from mailproof.cli.filters import chosen_filters

        filters = chosen_filters(filters, spamassassin, rspamd)
    client = None
    if ip is not None:
        from mailproof.engine.audit import checked_ips

        client = checked_ips((ip,))[0]
    messages = read_messages(file)

    async def work(stop: Stop) -> list[Report]:
        async with dns_session(dns) as session:
            with progress(quiet) as show:
                show("verifying", 0)
                resolver = session.resolver if len(messages) == 1 else MemoResolver(session.resolver)
                reports: list[Report] = []
                for number, message in enumerate(messages):
                    if stop.stopped and reports:
                        left = len(messages) - number
                        complain(f"{left} message{'s' if left > 1 else ''} not judged: {stop.reason}")
                        break
                    if len(messages) > 1:
                        show(f"verifying {number + 1} of {len(messages)}", 0)
                    try:
                        report = await verify_async(
                            message.raw,
                            client,
                            helo,
                            mail_from,
                            resolver,
                            session.now,
                            trust=trust,
                            source=message.source,
                            stop=stop,
                            filters=filters,
                            kept=message.kept,
                        )
                    except MessageError as error:
                        if len(messages) == 1:
                            raise MessageError(f"{message.source or 'the input'}: {error}") from None
                        failed.append(f"{message.source}: {error}")
                    else:
                        reports.append(report)
                return reports

    failed = [f"{each.source}: {each.problem}" for each in messages if each.problem]
    messages = tuple(each for each in messages if not each.problem)
    reports = run(work, limit=timeout or config.timeout or 30.0 + len(messages))
    for problem in failed:
        complain(problem)
    if not reports:
        raise MessageError(f"{file}: none of its messages can be read")
    finish(reports, out)


def read_messages(file: str) -> tuple[SavedMessage, ...]:
    """The messages of a file, a folder, or standard input for ``-``. Raises MessageError with one line."""
    from mailproof.mail.saved import saved_messages, split

    if file == "-" or not file:
        return tuple(split(read_message(file)))
    return tuple(saved_messages(Path(file)))


def read_message(file: str) -> bytes:
    """The octets of a file, or of standard input for ``-``. Raises MessageError with one clear line."""
    from mailproof.records.message import MAX_MESSAGE

    if not file:
        raise MessageError("the name of the file is empty: give a saved message, or - for standard input")
    try:
        if file == "-":
            if sys.stdin is None:
                raise MessageError("standard input is closed: name a file")
            if sys.stdin.isatty():
                sys.stderr.write("mailproof: paste the message, then press Ctrl-D\n")
            raw = sys.stdin.buffer.read(MAX_MESSAGE + 1)
        else:
            with Path(file).open("rb") as stream:
                raw = stream.read(MAX_MESSAGE + 1)
    except OSError as error:
        raise MessageError(f"{file}: cannot be read: {error.strerror or error}") from None
    if len(raw) > MAX_MESSAGE:
        raise MessageError(f"{file}: larger than {MAX_MESSAGE // 1_000_000} MB: not judged")
    return raw
