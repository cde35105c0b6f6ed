"""``mailproof spf``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailproof.cli import options as opt
from mailproof.cli.groups import Without, argument, grouped, option
from mailproof.cli.streams import note
from mailproof.cli.transfers import TransferOptions, transfer_zones
from mailproof.errors import Interrupted, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailproof.facts.stop import Stop
    from mailproof.model import SecondOpinion, SpfVerdict
    from mailproof.render.look import Look


#: The domain for evaluating a record without one.
NAMELESS = "the-given-record.invalid"
#: Terms that refer to the record's own domain, or use a macro.
_OWN = re.compile(r"\s[-+~?]?(?:a|mx|ptr)(?=[/\s]|$)|\S*%\{[slodhp]\S*", re.IGNORECASE)


#: ``--record`` also accepts an SPF record.
Dns = Annotated[opt.DnsOptions, Without("input_format", "record")]


@grouped
def command(
    ip: str = option("--ip ADDR", "IP address of the sending client."),
    domain: str | None = argument(
        "[DOMAIN]", "The domain in the return path. Optional with --record if no term needs it.", None
    ),
    sender: str | None = option("--sender A", "The full return path (postmaster@DOMAIN).", None),
    helo: str | None = option("--helo H", "The client's HELO name.", None),
    ask_pyspf: bool = option("--second-opinion", "Also run pyspf on the same answers.", False),
    records: list[str] | None = option(
        '--record "v=spf1 …"|FILE',
        "What if: evaluate this SPF record instead of the published one. With a file: save all DNS "
        "answers to it.",
        None,
    ),
    dns: Dns = opt.DNS,
    transfer: TransferOptions = TransferOptions(),
    form: opt.OtherForm = "text",
    color: opt.Colors = "auto",
) -> None:
    """Evaluate SPF for one client and show the trace.

    Exit code 0 for pass, 3 for temperror (could not be checked), 1 for anything else.

    [bold]mailproof spf acme.example --ip 192.0.2.25[/]

    What if: [bold]mailproof spf acme.example --ip 192.0.2.25 --record "v=spf1 ip4:192.0.2.0/24 -all"[/]
    """
    from mailproof.auth.spf import check_host
    from mailproof.cli.output import show
    from mailproof.cli.running import run
    from mailproof.cli.session import check_dns, open_session
    from mailproof.cli.what_if import assumed_spf, described
    from mailproof.config import load_config
    from mailproof.engine.arguments import checked_domain, checked_ips, checked_return_path

    record, saved = _record_and_file(records or ())
    address = None if sender is None else checked_return_path("--sender", sender)
    name = checked_domain(domain or _domain_for(record, address or ""))
    if address and checked_domain(address.rpartition("@")[2]) != name:
        raise UsageError(f"--sender {address[:80]!r} is not an address of {name}: leave DOMAIN out")
    mail_from = f"postmaster@{name}" if address is None else address
    client = checked_ips((ip,))[0]
    dns = dns._replace(record=saved)
    changes = assumed_spf(record, name) if record else {}
    check_dns(dns, transfers=transfer.axfr is not None, assumes=bool(changes))
    if changes:
        note(described(changes))
    config = load_config(None)

    async def evaluate(stop: Stop) -> tuple[SpfVerdict, SecondOpinion | None, bool]:
        zones = await transfer_zones(transfer, (name,), stop)
        async with (
            open_session(dns, config, stop, changes=changes, transferred=zones) as session,
            session.work(to_the_end=True) as work,
        ):
            opinion = None
            verdict = await check_host(client, mail_from, helo or name, resolver=work.resolver)
            if ask_pyspf:
                from mailproof.adapters.pyspf import second_opinion

                opinion = await second_opinion(verdict, mail_from, helo or name, resolver=work.resolver)
            return verdict, opinion, stop.interrupted

    verdict, opinion, interrupted = run(evaluate)

    def page(look: Look) -> str:
        from mailproof.render.text.trace import render_trace

        return render_trace(verdict, opinion, look)

    more = {} if opinion is None else {"second_opinion": opinion}
    show(form, color, verdict, page, **more)
    if interrupted:
        raise Interrupted("interrupted")
    raise typer.Exit({"pass": 0, "temperror": 3}.get(verdict.result, 1))


def _domain_for(record: str, sender: str) -> str:
    """The return path's domain, or a placeholder if no term needs it. Raises UsageError."""
    if "@" in sender:
        return sender.rpartition("@")[2]
    if not record:
        raise UsageError("missing argument 'DOMAIN' (see mailproof spf --help)")
    if found := _OWN.search(record):
        raise UsageError(f"missing argument 'DOMAIN': {found[0].strip()!r} of the record depends on it")
    return NAMELESS


def _record_and_file(given: Sequence[str]) -> tuple[str, Path | None]:
    """Separate the values of ``--record`` into the SPF record and the file. Raises UsageError."""
    texts = [each.strip() for each in given if each.strip()[:2].lower() == "v="]
    files = [each for each in given if each.strip()[:2].lower() != "v="]
    if len(texts) > 1 or len(files) > 1:
        raise UsageError("--record: give one SPF record, and one file for the DNS answers")
    for text in texts:
        if text.lower() != "v=spf1" and not text.lower().startswith("v=spf1 "):
            raise UsageError(f"--record {text[:60]!r}: an SPF record begins with v=spf1 and a space")
    return texts[0] if texts else "", Path(files[0]) if files else None
