"""The two sides of a comparison: existing reports, or audits made with each side's resolver."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing

from msgspec import Struct, field

from mailproof.engine.audit import AuditOptions, audit, audit_domain
from mailproof.engine.changes import compare
from mailproof.engine.changes.keys import unresolved_keys
from mailproof.engine.session import Session
from mailproof.model import DkimSelectorFacts, Report
from mailproof.model.changes import DomainChanges
from mailproof.policy import Policy
from mailproof.structs import replace


class Side(Struct, frozen=True):
    """One side: the ``session`` to make audits with, or (None) existing ``reports`` by domain.

    ``has`` says whether the side knows a domain. ``changes``: it is a plan, which only has changes.
    """

    session: Session | None = None
    reports: Mapping[str, Report] = field(default_factory=dict)
    has: Callable[[str], bool] = lambda _domain: True
    changes: bool = False


async def compare_sides(
    old: Side, new: Side, domains: Sequence[str], selectors: Sequence[str], policy: Policy
) -> tuple[DomainChanges, ...]:
    """The changes of each domain. Compares records only: no connections to hosts are made."""
    options = AuditOptions(selectors=tuple(selectors), connect=False, prove=False)
    found = []
    async with (
        aclosing(_reports(old, domains, options)) as before,
        aclosing(_reports(new, domains, options)) as after,
    ):
        for domain in domains:  # a report is large: don't hold more than are in progress
            one, other = await asyncio.gather(anext(before), anext(after))
            if one is not None and other is not None:
                one, other = (
                    await _with_keys(old, one, other, options),
                    await _with_keys(new, other, one, options),
                )
            one, other = one and policy.applied(one), other and policy.applied(other)
            found.append(compare(domain, one, other, unmanaged_stays=old.changes and new.changes))
    return tuple(found)


async def _reports(
    side: Side, domains: Sequence[str], options: AuditOptions
) -> AsyncGenerator[Report | None, None]:
    """The report on each domain, in order; None if the side does not have it."""
    if side.session is None:
        for domain in domains:
            yield side.reports.get(domain)
        return
    names = [domain for domain in domains if side.has(domain)]
    async with aclosing(audit(names, side.session, options)) as audits:
        for domain in domains:
            yield (await anext(audits)).report if side.has(domain) else None


async def _with_keys(side: Side, report: Report, other: Report, options: AuditOptions) -> Report:
    """The report with the keys of selectors that only the other one knows, if they can be looked up."""
    facts = report.facts.dns
    if side.session is None or facts is None:
        return report
    both = await with_keys(report, _selectors(unresolved_keys(report, other)), side.session, "zone")
    keys = both.facts.dns.dkim[len(facts.dkim) :] if both.facts.dns is not None else ()
    there = _selectors(each for each in keys if each.status not in ("absent", "unknown"))
    if not there:
        return both
    # The findings on these keys are compared too.
    more = replace(options, selectors=(*options.selectors, *there))
    report = (await audit_domain(facts.domain, side.session, more)).report
    return await with_keys(report, _selectors(keys), side.session, "zone")


async def with_keys(report: Report, selectors: Iterable[str], session: Session, origin: str) -> Report:
    """The report with the keys of those selectors that it lacks; ``origin`` is recorded for them."""
    facts = report.facts.dns
    seen = {each.selector for each in facts.dkim} if facts is not None else set()
    missing = tuple((selector, origin) for selector in selectors if selector not in seen)
    if facts is None or not missing:
        return report
    from mailproof.facts.dkim import collect_dkim

    async with session.work(to_the_end=True) as work:
        keys, _ = await collect_dkim(facts.domain, work.resolver, missing, discover=False)
    return replace(report, facts=replace(report.facts, dns=replace(facts, dkim=(*facts.dkim, *keys))))


def _selectors(keys: Iterable[DkimSelectorFacts]) -> tuple[str, ...]:
    return tuple(each.selector for each in keys)
