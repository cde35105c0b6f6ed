"""``mailproof verify``."""

from __future__ import annotations

import sys
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from mailproof.cli import options as opt
from mailproof.cli.groups import grouped, panel
from mailproof.cli.transfers import TransferOptions, domains_of_messages, transfer_zones
from mailproof.errors import MessageError, UsageError

if TYPE_CHECKING:
    from mailproof.facts.stop import Stop
    from mailproof.mail.saved import SavedMessage
    from mailproof.message.arrival import At

#: A message's time limit in seconds, where none is given.
DEFAULT_LIMIT = 30.0


@panel("What to check")
class EnvelopeOptions(NamedTuple):
    """How the message was delivered, and whose results to trust."""

    ip: Annotated[
        str | None,
        typer.Option("--ip", metavar="ADDR", help="IP address of the client that delivered the message."),
    ] = None
    helo: Annotated[str | None, typer.Option("--helo", metavar="NAME", help="Its HELO name.")] = None
    mail_from: Annotated[
        str | None,
        typer.Option("--mail-from", metavar="ADDR", help='The envelope sender ("" for the null one).'),
    ] = None
    trust: Annotated[
        str | None,
        typer.Option(
            "--trust", metavar="AUTHSERV-ID", help="The authserv-id whose Authentication-Results to trust."
        ),
    ] = None
    at: Annotated[
        str,
        typer.Option(
            "--at",
            metavar="arrival|now|TIME",
            help="The time to check expiry dates against: arrival, now, or a given time.",
        ),
    ] = "arrival"


@grouped
def command(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE|FOLDER|-",
            help="A saved message (.eml, mbox, Outlook .msg, pasted headers), a folder of them, or - for "
            "standard input.",
        ),
    ],
    envelope: EnvelopeOptions,
    filters: opt.FilterOptions,
    dns: opt.DnsOptions,
    transfer: TransferOptions = TransferOptions(),
    attached: Annotated[
        bool, typer.Option("--attached", help="Verify the message attached to it (a forward).")
    ] = False,
    timeout: opt.Timeout = None,
    output: opt.OutputOptions = opt.OUTPUT,
    rules: opt.RuleOptions = opt.RULES,
) -> None:
    """Verify a saved message: SPF, DKIM, ARC, DMARC, and the receiver's own results.

    [bold]mailproof verify message.eml[/]

    [bold]mailproof verify - --ip 192.0.2.25 --helo mail.acme.example < message.eml[/]
    """
    from mailproof.cli.output import Output, anchored, policy_of
    from mailproof.cli.progress import progress
    from mailproof.cli.running import run
    from mailproof.cli.session import check_dns, open_session
    from mailproof.cli.streams import complain
    from mailproof.config import load_config
    from mailproof.config.permits import permitted_filters
    from mailproof.engine.verify import Unread, VerifyOptions, verify
    from mailproof.render.places import no_anchor

    config = load_config(rules.config_file, commands=rules.allow_commands)
    policy = policy_of(rules, config)
    fail_on = opt.FailOn(config.fail_on or "error")
    out = Output(
        output,
        policy,
        fail_on,
        anchor=anchored(no_anchor, config.path if file == "-" else Path(file)),
        config=config,
    )
    check_dns(dns, transfers=transfer.axfr is not None)
    options = VerifyOptions(
        ip=_client(envelope.ip),
        helo=envelope.helo,
        mail_from=envelope.mail_from,
        trust=envelope.trust,
        at=_moment(envelope.at),
        filters=filters.over(permitted_filters(config)),
    )
    messages = chosen(read_messages(file), attached=attached, ask=file != "-" and not output.quiet)
    several = len(messages) > 1
    limit = timeout or config.timeout or DEFAULT_LIMIT
    unread: list[Unread] = []

    async def work(stop: Stop) -> None:
        wanted = domains_of_messages(messages, envelope.mail_from) if transfer.axfr is not None else ()
        zones = await transfer_zones(transfer, wanted, stop, some=True)
        async with (
            open_session(dns, config, stop, policy=policy, limit=limit, transferred=zones) as session,
            aclosing(verify(messages, session, options)) as verified,
        ):
            with progress(output.quiet) as show:
                show("verifying")
                done = 0
                async for each in verified:
                    done += 1
                    if several:
                        show(f"verified {done} of {len(messages)}")
                    if isinstance(each, Unread):
                        unread.append(each)
                    else:
                        with show.hidden():
                            out.take(each)
        if left := len(messages) - done:
            complain(f"{left} message{'s' if left > 1 else ''} not verified: {stop.reason}")

    run(work)
    if len(messages) == 1 and unread:
        raise MessageError(f"{unread[0].source or 'the input'}: {unread[0].problem}")
    for each in unread:
        complain(f"{each.source}: {each.problem}")
    if len(unread) == len(messages):
        raise MessageError(f"{file}: none of its messages can be read")
    out.finish()


def chosen(messages: tuple[SavedMessage, ...], *, attached: bool, ask: bool) -> tuple[SavedMessage, ...]:
    """The messages, or those attached to them where that is wanted; at a terminal, asks."""
    if not attached and not (ask and len(messages) == 1 and sys.stdin and sys.stdin.isatty()):
        return messages
    from mailproof.mail.attached import attached_messages

    inner = attached_messages(messages)
    if attached or inner[0].problem or not sys.stderr.isatty():
        return inner if attached else messages
    question = f"A message is attached to {messages[0].source}. Verify that one instead?"
    return inner if typer.confirm(question, default=True, err=True) else messages


def _client(ip: str | None) -> str | None:
    if ip is None:
        return None
    from mailproof.engine.arguments import checked_ips

    return checked_ips((ip,))[0]


def _moment(text: str) -> At:
    """The time that --at gives. Raises UsageError for anything else."""
    if text == "arrival":
        return "arrival"
    if text == "now":
        return "now"
    from datetime import UTC, datetime

    from mailproof.records.dates import parse_date

    try:
        moment: datetime | None = datetime.fromisoformat(text)
    except ValueError:
        moment = parse_date(text)
    if moment is None:
        example = "arrival, now, or a time like 2026-11-25T14:30:00+01:00"
        raise UsageError(f"--at: {text[:60]!r} is not a time: give {example}")
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def read_messages(file: str) -> tuple[SavedMessage, ...]:
    """The messages of a file, a folder, or standard input for ``-``. Raises MessageError with one line."""
    from mailproof.mail.saved import saved_messages, split

    if file == "-" or not file:
        return tuple(split(read_message(file)))
    return tuple(saved_messages(Path(file)))


def read_message(file: str) -> bytes:
    """The octets of a file, or of standard input for ``-``. Raises MessageError with one clear line."""
    from mailproof.files import read_given
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
            raw = read_given(Path(file), MAX_MESSAGE)
    except OSError as error:
        raise MessageError(f"{file}: cannot be read: {error.strerror or error}") from None
    if len(raw) > MAX_MESSAGE:
        raise MessageError(f"{file}: larger than {MAX_MESSAGE // 1_000_000} MB: not checked")
    return raw
