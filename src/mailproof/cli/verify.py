"""``mailproof verify``."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import aclosing, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from mailproof.cli import options as opt
from mailproof.cli.groups import argument, grouped, option, panel
from mailproof.cli.streams import standard_input
from mailproof.cli.summaries import Summaries, check_summaries
from mailproof.cli.transfers import TransferOptions, domains_of_messages, transfer_zones
from mailproof.errors import MessageError, UsageError
from mailproof.files import failing_as, read_given
from mailproof.records.mbox import MAX_FROM_LINE, is_mailbox
from mailproof.records.message import MAX_MESSAGE
from mailproof.render.places import no_anchor

if TYPE_CHECKING:
    from mailproof.facts.stop import Stop
    from mailproof.mail.saved import Saved, SavedMessage
    from mailproof.message.arrival import At


@panel("What to check")
class EnvelopeOptions(NamedTuple):
    """Options for how the message was delivered, and whose results to trust."""

    ip: str | None = option("--ip ADDR", "IP address of the client that delivered the message.", None)
    helo: str | None = option("--helo NAME", "Its HELO name.", None)
    mail_from: str | None = option("--mail-from ADDR", 'The envelope sender ("" for the null one).', None)
    trust: str | None = option(
        "--trust AUTHSERV-ID", "The authserv-id whose Authentication-Results to trust.", None
    )
    at: str = option(
        "--at arrival|now|TIME",
        "The time to check expiry dates against: arrival, now, or a given time.",
        "arrival",
    )


@panel("Many messages")
class ManyOptions(NamedTuple):
    """Options for how many messages are shown and kept."""

    table: bool | None = option(
        "--table/--no-table",
        "Show one line per message and a summary instead of full reports; with -f jsonl, rows. "
        "Default: for more than 20 messages, in text only.",
        None,
        show_default=False,
    )
    resume: bool = option("--resume", "Continue an earlier run that wrote to the same -o FILE.jsonl.", False)
    workers: opt.Workers = opt.PROCESSORS
    summaries: Summaries = None


@grouped
def command(
    file: str = argument(
        "FILE|FOLDER|-",
        "A saved message (.eml, mbox, Outlook .msg, pasted headers), a folder of them, or - for "
        "standard input.",
    ),
    envelope: EnvelopeOptions = EnvelopeOptions(),
    filters: opt.FilterOptions = opt.FILTERS,
    dns: opt.DnsOptions = opt.DNS,
    transfer: TransferOptions = TransferOptions(),
    attached: bool = option("--attached", "Verify the message attached to it (a forward).", False),
    timeout: opt.Timeout = None,
    many: ManyOptions = ManyOptions(),
    output: opt.ReportOutput = opt.OUTPUT,
    rules: opt.RuleOptions = opt.RULES,
) -> None:
    """Verify a saved message: SPF, DKIM, ARC, DMARC, and the receiver's own results.

    [bold]mailproof verify message.eml[/]

    [bold]mailproof verify - --ip 192.0.2.25 --helo mail.acme.example < message.eml[/]

    A mailbox of any size: [bold]mailproof verify all.mbox -o results.jsonl --resume[/]
    """
    from mailproof.cli.many_messages import MOST_TOGETHER, Many
    from mailproof.cli.output import Output, anchored
    from mailproof.cli.policies import policy_of
    from mailproof.cli.progress import progress
    from mailproof.cli.running import run
    from mailproof.cli.session import check_dns, open_session
    from mailproof.cli.sources import read_once_only
    from mailproof.config.permits import permitted_filters
    from mailproof.engine.arguments import checked_ips, checked_return_path
    from mailproof.engine.verify import VerifyOptions, verify

    config = rules.load_config()
    policy = policy_of(rules, config)
    check_dns(dns, transfers=transfer.axfr is not None)
    check_summaries(many.summaries or ())
    sender = envelope.mail_from
    options = VerifyOptions(
        ip=None if envelope.ip is None else checked_ips((envelope.ip,))[0],
        helo=envelope.helo,
        mail_from=None if sender is None else checked_return_path("--mail-from", sender),
        trust=envelope.trust,
        at=moment(envelope.at),
        filters=filters.over(permitted_filters(config)),
    )
    with messages_of(file) as saved:
        count = saved.counted(MOST_TOGETHER)
        messages = chosen(saved, count, attached=attached, ask=file != "-" and not output.quiet)
        done = Many(output, file, table=many.table, resume=many.resume, count=count, folder=saved.is_folder)
        out = Output(
            output,
            policy,
            config.fail_on,
            anchor=anchored(no_anchor, config.path if file == "-" else Path(file)),
            config=config,
            sink=done.sink,
            stream=done.stream if done.streams else None,
        )
        several = count > 1 or attached
        limit = opt.limit_of(timeout, config)
        is_here = dns.record or transfer != TransferOptions() or options.filters or read_once_only(dns)

        async def work(stop: Stop) -> None:
            wanted = domains_of_messages(messages, envelope.mail_from) if transfer.axfr is not None else ()
            zones = await transfer_zones(transfer, wanted, stop, some=True)
            async with (
                open_session(dns, config, stop, policy=policy, limit=limit, transferred=zones) as session,
                aclosing(verify(done.fresh(messages), session, options)) as verified,
            ):
                with progress(output.quiet) as show:
                    show("verifying")
                    async for each in verified:
                        if several:
                            show(f"verified {done.described}")
                        with show.hidden():
                            done.take(each, out)
                        if out.is_unread:
                            break
            if stop.stopped:
                done.complain_of_rest()

        with closing(done):
            if done.is_long(many.workers, live=dns.is_live) and not is_here:
                from mailproof.cli.verify_workers import message_orders, verify_in_workers

                orders = message_orders(dns, config, policy, limit, options, envelope.at, out, done)
                verify_in_workers(messages, orders, many.workers, done, out, output.quiet)
            else:
                run(work)
        if many.summaries:
            done.summarize(many.summaries)
        done.complain_of_unread()
        out.counts(done.earlier_codes(out.fail_on))
        out.finish()


def chosen(saved: Iterable[SavedMessage], count: int, *, attached: bool, ask: bool) -> Iterable[SavedMessage]:
    """The messages, or those attached to them if wanted; asks if on a terminal."""
    if not attached and not (ask and count == 1 and sys.stdin and sys.stdin.isatty()):
        return saved
    from mailproof.mail.attached import Attached

    if attached:
        return Attached(saved)
    messages = tuple(saved)
    inner = tuple(Attached(messages))
    if inner[0].problem or not sys.stderr.isatty():
        return messages
    question = f"A message is attached to {messages[0].source}. Verify that one instead?"
    return inner if typer.confirm(question, default=True, err=True) else messages


def moment(text: str) -> At:
    """Parse the time for --at. Raises UsageError."""
    if text == "arrival":
        return "arrival"
    if text == "now":
        return "now"
    from mailproof.records.dates import parse_date

    try:
        time: datetime | None = datetime.fromisoformat(text)
    except ValueError:
        time = parse_date(text)
    if time is None:
        example = "arrival, now, or a time like 2026-11-25T14:30:00+01:00"
        raise UsageError(f"--at: {text[:60]!r} is not a time: give {example}")
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)


@contextmanager
def messages_of(file: str) -> Iterator[Saved]:
    """Open a file, a folder, or standard input (``-``) as messages. Raises MessageError."""
    from mailproof.mail.saved import Saved

    if file and file != "-":
        yield Saved(Path(file))
        return
    head = _first_line(file)
    if not is_mailbox(head):
        yield Saved(raw=read_message(file, head))
        return
    with tempfile.TemporaryFile() as spooled:  # on disk, as it is read more than once
        with failing_as(MessageError, "standard input"):
            spooled.write(head)
            shutil.copyfileobj(sys.stdin.buffer, spooled, 1 << 20)
        yield Saved(stream=spooled)


def _first_line(file: str) -> bytes:
    """The start of standard input, unless it is a terminal."""
    if file != "-" or sys.stdin is None or sys.stdin.isatty():
        return b""
    with failing_as(MessageError, f"{file}: cannot be read"):
        return sys.stdin.buffer.read(MAX_FROM_LINE)


def read_message(file: str, head: bytes = b"") -> bytes:
    """Read a file, or standard input (``-``) from which ``head`` was already read. Raises MessageError."""
    if not file:
        raise MessageError("the name of the file is empty: give a saved message, or - for standard input")
    with failing_as(MessageError, f"{file}: cannot be read"):
        if file == "-":
            given = standard_input(MessageError("standard input is closed: name a file"), "the message")
            raw = head + given.read(MAX_MESSAGE + 1 - len(head))
        else:
            raw = read_given(Path(file), MAX_MESSAGE)
    if len(raw) > MAX_MESSAGE:
        raise MessageError(f"{file}: larger than {MAX_MESSAGE // 1_000_000} MB: not checked")
    return raw
