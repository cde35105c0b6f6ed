"""Shared by ``audit`` and ``check``: one run over domains, showing each report when it is ready."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import NamedTuple

from mailproof.checks.registry import modules
from mailproof.cli.baseline import BaselineOptions, BaselineRun
from mailproof.cli.domain_table import Late, with_table
from mailproof.cli.options import DnsOptions, OutputOptions, RuleOptions, limit_of
from mailproof.cli.output import Output, anchored
from mailproof.cli.policies import policy_of
from mailproof.cli.progress import progress
from mailproof.cli.running import import_idly, run
from mailproof.cli.session import check_dns, open_session
from mailproof.cli.streams import note
from mailproof.cli.transfers import TransferOptions, transfer_zones
from mailproof.config import Config
from mailproof.dns.answer import Key
from mailproof.dns.patch import Patch
from mailproof.engine.audit import Audited
from mailproof.engine.session import Session
from mailproof.facts.stop import Stop
from mailproof.model.fixes import FixProposal
from mailproof.render.places import Place


class SharedOptions(NamedTuple):
    """The option groups of both commands."""

    dns: DnsOptions
    transfer: TransferOptions
    timeout: float | None
    output: OutputOptions
    rules: RuleOptions
    known: BaselineOptions


def audit_all(
    names: Sequence[str],
    audits: Callable[[Session], AsyncGenerator[Audited]],
    asked: SharedOptions,
    config: Config,
    *,
    doing: str,
    listed: Mapping[str, Place | None],
    changes: Mapping[Key, Patch] | None = None,
    to_the_end: bool = False,
) -> tuple[Output, list[FixProposal]]:
    """Show the reports that ``audits`` yields; return the output to be finished, and the proposed fixes.

    ``listed`` maps domains that are in no zone to where they are written; ``doing`` is the verb for progress;
    ``changes`` are assumed in place of what is published. Stops early if no one reads the output any more,
    unless ``to_the_end``.
    """
    from mailproof.cli.what_if import described

    dns, output = asked.dns, asked.output
    baseline = BaselineRun(asked.known)
    check_dns(dns, transfers=asked.transfer.axfr is not None, assumes=bool(changes))
    begins = dns.given.beginnings()
    policy = baseline.over(policy_of(asked.rules, config, dns.given))
    limit = limit_of(asked.timeout, config)
    late = Late(names, limit, output.form)
    out = Output(
        output,
        policy,
        config.fail_on,
        baseline,
        anchor=anchored(lambda name: begins(name) or listed.get(name), config.path),
        config=config,
        sink=with_table(names, limit),
    )
    if changes:
        note(described(changes))
    proposals: list[FixProposal] = []

    async def work(stop: Stop) -> None:
        transferred = await transfer_zones(asked.transfer, names, stop)
        async with (
            open_session(
                dns, config, stop, policy=policy, limit=limit, changes=changes, transferred=transferred
            ) as session,
            aclosing(audits(session)) as found,
        ):
            import_idly((*modules("domain"), "mailproof.engine.fixes", *output.form.modules))
            with progress(output.quiet) as show:
                show(f"{doing} {', '.join(names[:3])}")
                done = 0
                async for audited in found:
                    done += 1
                    show(f"{audited.report.subject}: done ({done} of {len(names)})")
                    if audited.proposal is not None:
                        proposals.append(audited.proposal)
                    with show.hidden():
                        late.take(out.take(audited.report))
                    if out.is_unread and dns.record is None and not to_the_end:
                        break

    run(work)
    if not out.is_unread:
        late.complain()
    return out, proposals
