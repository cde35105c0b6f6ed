"""``mailproof diff``."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from mailproof.cli import complete
from mailproof.cli import options as opt
from mailproof.cli.diff_output import DiffOutputs, chosen_file, show_changes
from mailproof.cli.groups import argument, grouped, option, panel
from mailproof.cli.streams import complain, note
from mailproof.cli.transfers import TransferOptions, transfer_zones
from mailproof.errors import UsageError

if TYPE_CHECKING:
    from mailproof.cli.sides import Given
    from mailproof.config import Config
    from mailproof.dns import Resolver, ZoneFile
    from mailproof.engine.compared import Side
    from mailproof.facts.stop import Stop
    from mailproof.model.changes import DomainChanges


@panel("DNS")
class DiffDnsOptions(NamedTuple):
    """Where both sides get answers that they do not contain themselves."""

    nameservers: opt.Nameservers = None
    zones: list[Path] | None = option(
        "--zone FILE|DIR", "Zones that both sides share, such as those of providers (repeatable).", None
    )
    input_format: opt.InputFormat | None = option(
        "--input-format FORMAT",
        "Format of OLD and NEW, as of --zone in audit. Default: recognized by content.",
        None,
        show_default=False,
    )
    offline: opt.Offline = False


@panel("What to compare")
class DiffOptions(NamedTuple):
    """What to compare, and which changes are intended."""

    domains: list[str] | None = option(
        "--domain -d DOMAIN", "Compare this domain (repeatable). Default: all of OLD and NEW.", None
    )
    selectors: list[str] | None = option("--selector -s S", "A DKIM selector in use (repeatable).", None)
    leaving: list[str] | None = option(
        "--leaving NAME",
        "What you give up on purpose: a provider, an SPF term or its domain, a selector, a network "
        "(repeatable). It is still shown, but doesn't change the exit code.",
        None,
        autocompletion=complete.providers,
    )


@grouped
def command(
    old: str = argument(
        "OLD", "Zone file, directory of zones, recording, JSON report, or live.", complete=complete.sides
    ),
    new: str = argument("NEW", "The same; or a fragment of --fix-zone, over OLD.", complete=complete.sides),
    wanted: DiffOptions = DiffOptions(),
    dns: DiffDnsOptions = DiffDnsOptions(),
    transfer: TransferOptions = TransferOptions(),
    timeout: opt.Timeout = None,
    explain_change: bool = option(
        "--explain-change", "Show a sentence for each change, as a list to paste into a review.", False
    ),
    form: opt.OtherForm = "text",
    outputs: DiffOutputs = None,
    color: opt.Colors = "auto",
    fail_on: opt.Fail = None,
    rules: opt.RuleOptions = opt.RULES,
) -> None:
    """Compare two states of a domain's records: who may send, keys, policies, findings.

    Exit code 1 if something gets worse, 3 if something could not be compared, 0 otherwise.

    [bold]mailproof diff live acme.zone[/]

    [bold]mailproof diff before/ after/ --leaving SendGrid[/]
    """
    from mailproof.cli.domains import given_domains
    from mailproof.cli.policies import policy_of
    from mailproof.cli.progress import progress
    from mailproof.cli.running import run
    from mailproof.cli.sides import read_side
    from mailproof.engine.changes import accepting
    from mailproof.engine.compared import compare_sides
    from mailproof.model.changes import Changes

    files = tuple(map(chosen_file, outputs or ()))
    config = rules.load_config()
    policy = policy_of(rules, config)
    one, other = (read_side(text, dns.input_format or "") for text in (old, new))
    _check(one, other, dns, transfers=transfer.axfr is not None)
    names = given_domains(wanted.domains or ()) or tuple(dict.fromkeys((*one.domains, *other.domains)))
    if not names:
        raise UsageError(f"neither {one.label} nor {other.label} names a domain: give --domain")
    for side in (one, other):
        if side.zones is not None and not any(map(side.zones.covers, names)):
            listed = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
            raise UsageError(f"{side.label}: has no record of {listed}")
    limit = opt.limit_of(timeout, config)

    async def work(stop: Stop) -> tuple[tuple[DomainChanges, ...], bool]:
        async with AsyncExitStack() as opened:
            zones = await transfer_zones(transfer, names, stop)
            before, after = await _open(opened, one, other, dns, zones, config, stop, limit)
            with progress(False) as showing:
                showing(f"comparing {', '.join(names[:3])}")
                found = await compare_sides(before, after, names, wanted.selectors or (), policy)
            return found, stop.interrupted

    found, interrupted = run(work)
    found, useless = accepting(found, wanted.leaving or ())
    for each in useless:
        note(f"--leaving {each}: it names nothing that is lost")
    changes = Changes(one.label, other.label, found)
    least = fail_on or config.fail_on
    code = 130 if interrupted else 1 if changes.worse(least) else 3 if changes.unknown else 0

    code = show_changes(changes, code, least, form=form, color=color, explain=explain_change, files=files)
    if interrupted:
        complain("interrupted: what was not known by then could not be compared")
    raise typer.Exit(code)


def _check(one: Given, other: Given, dns: DiffDnsOptions, *, transfers: bool) -> None:
    """Raises UsageError if the two sides cannot be compared."""
    if one.label == other.label:
        raise UsageError(f"OLD and NEW are both {one.label}")
    if one.proposed:
        raise UsageError(f"{one.label}: proposed changes are not a complete state: give them as NEW")
    if other.proposed and one.reports is not None:
        raise UsageError(
            f"{other.label}: proposed changes need zones, a recording or live as OLD, not reports"
        )
    if dns.offline and dns.nameservers:
        raise UsageError("--offline queries no name server: remove --nameserver")
    if dns.offline and not transfers and "live" in (one.label, other.label):
        raise UsageError("--offline queries no live DNS: give zones, a recording or a report instead of live")


async def _open(
    opened: AsyncExitStack,
    one: Given,
    other: Given,
    dns: DiffDnsOptions,
    transferred: tuple[ZoneFile, ...],
    config: Config,
    stop: Stop,
    limit: float,
) -> tuple[Side, Side]:
    """Open both sides on the same live DNS answers, so that changes in between make no difference."""
    from mailproof.cli.session import open_session
    from mailproof.dns import OverlayResolver, ZoneResolver
    from mailproof.dns.answer import names_below
    from mailproof.dns.patch import PatchResolver
    from mailproof.engine.compared import Side
    from mailproof.engine.session import Session

    shared = opt.DnsOptions(nameservers=dns.nameservers, zones=dns.zones)
    base: Resolver
    if dns.offline or not (one.needs_dns or other.needs_dns):
        base = ZoneResolver(*shared.given.files(), *transferred)
    else:
        session = open_session(shared, config, stop, transferred=transferred)
        base = (await opened.enter_async_context(session)).resolver

    def resolver_of(given: Given) -> Resolver:
        if given.recording is not None:
            return given.recording
        beside = other if given is one else one
        found: Resolver = base
        if given.fragment and beside.reports is None and (given.proposed or not beside.fragment):
            found = resolver_of(beside)  # what a plan doesn't manage is as on the other side
        if given.zones is not None:
            found = OverlayResolver(given.zones, found)
        return PatchResolver(found, given.patches) if given.patches else found

    async def side_of(given: Given) -> Side:
        if given.reports is not None:
            return Side(reports=given.reports)
        session = Session(resolver_of(given), config, now=given.recorded, stop=stop, limit=limit)
        await opened.enter_async_context(session)
        if dns.offline and (zones := given.zones) is not None:
            return Side(
                session, has=lambda domain: zones.covers(domain) or names_below(base, domain) is not None
            )
        return Side(session, changes=given.fragment and not given.proposed)

    return await side_of(one), await side_of(other)
