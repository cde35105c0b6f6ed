"""The DNS audit of a domain."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mailproof.checks.base import Check
from mailproof.dns import MemoResolver, Resolver
from mailproof.dns.patch import PatchResolver
from mailproof.dns.text import to_ascii
from mailproof.engine.fixes import NO_TIME, Fixer, in_words
from mailproof.engine.judge import judge
from mailproof.engine.profiles import by_profile, with_profile
from mailproof.engine.report import build_report
from mailproof.engine.session import run_resolver
from mailproof.errors import UsageError
from mailproof.facts.domain import Collected, DomainOptions, collect_all, with_connections
from mailproof.facts.stop import Stop
from mailproof.frozen import frozen
from mailproof.model import DomainFacts, Facts, Outcome, Report

if TYPE_CHECKING:
    from mailproof.config import Config
    from mailproof.data.receivers import Receiver
    from mailproof.facts.blocklists import BlocklistOptions
    from mailproof.facts.transport_options import TransportOptions


#: What is judged of a subdomain.
SUBDOMAIN_TOPICS = ("spf", "dmarc", "mx", "profile")


@frozen
class AuditOptions:
    """What is asked of an audit beside the domain. See ``audit_async``."""

    selectors: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    second_opinion: bool = False
    now: datetime | None = None
    connect: bool | None = None
    transport: TransportOptions | None = None
    blocklists: BlocklistOptions | None = None
    profile: str = "auto"
    subdomains: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()
    all_selectors: bool = False


async def audit_async(
    domain: str,
    resolver: Resolver | None = None,
    config: Config | None = None,
    *,
    selectors: tuple[str, ...] = (),
    ips: tuple[str, ...] = (),
    second_opinion: bool = False,
    now: datetime | None = None,
    stop: Stop | None = None,
    connect: bool | None = None,
    transport: TransportOptions | None = None,
    blocklists: BlocklistOptions | None = None,
    profile: str = "auto",
    subdomains: tuple[str, ...] = (),
    receivers: tuple[str, ...] = (),
    all_selectors: bool = False,
    prove: bool = True,
) -> Report:
    """Audit a domain's DNS and, with ``connect``, its hosts. See ``mailproof.audit``.

    ``transport`` bounds and steers the connections to mail hosts; ``blocklists`` are those to ask.
    ``profile`` says what the domain is for (``auto``: taken from its records); ``subdomains`` (whole names or
    labels below it) are evaluated beside it by their SPF, DMARC and MX; ``receivers`` are those whose
    requirements are to be compared (names, or ``all``). ``all_selectors`` tries every known DKIM selector.
    Without ``prove`` the fixes are what each rule proposes by itself.
    """
    options = AuditOptions(
        selectors,
        ips,
        second_opinion,
        now,
        is_live(resolver) if connect is None else connect,
        transport,
        blocklists,
        profile,
        subdomains,
        receivers,
        all_selectors,
    )
    async with run_resolver(resolver) as memo:
        audit = Audit(domain, memo, config, options, stop)
        report = await audit.report()
        return await audit.proven(report) if prove else report


class Audit:
    """The audit of one domain: its report, and the same on data with proposed changes."""

    def __init__(
        self,
        domain: str,
        resolver: MemoResolver,
        config: Config | None = None,
        options: AuditOptions | None = None,
        stop: Stop | None = None,
    ) -> None:
        asked = options or AuditOptions()
        self.name, self.resolver, self.asked = checked_domain(domain), resolver, asked
        self.started = asked.now or datetime.now(UTC)
        self.below = checked_subdomains(asked.subdomains, self.name)
        self.receivers = _receivers(asked.receivers)
        self.stop = stop or Stop(config.timeout if config else None)
        given = (*asked.selectors, *(config.selectors_of(self.name) if config else ()))
        self.options = DomainOptions(
            selectors=tuple((selector, "given") for selector in dict.fromkeys(given)),
            ips=checked_ips(asked.ips),
            connect=bool(asked.connect),
            transport=asked.transport,
            now=asked.now,
            blocklists=asked.blocklists,
            all_selectors=asked.all_selectors,
        )
        self._seen: Collected | None = None
        self._profile = asked.profile

    async def report(self) -> Report:
        """The report on the data as they are, each fix as its rule proposes it."""
        clock = time.perf_counter()
        self._seen, others = await self._collect(self.resolver, self.options)
        facts = with_profile(self._seen.facts, self._profile)
        self._profile = facts.profile  # what it is for stays, whatever a proposal makes of the records
        if self.asked.second_opinion and not self.stop.stopped:
            from mailproof.facts.second_opinion import collect_second_opinions

            found = await collect_second_opinions(self.name, self.resolver, facts)
            facts = replace(facts, second_opinions=found)
        return self._judged(facts, others, self.resolver, time.perf_counter() - clock)

    async def again(self, resolver: Resolver) -> Report:
        """The report on other data; hosts are not connected to again."""
        assert self._seen is not None
        memo = MemoResolver(resolver)
        options = replace(self.options, connect=False)
        changed = resolver.changed if isinstance(resolver, PatchResolver) else ()
        keys_stay = changed and not any("_domainkey" in name or name[:1] == "*" for name, _ in changed)
        if keys_stay:  # two thirds of all questions are for DKIM keys
            options = replace(options, topics=tuple(t for t in options.topics if t != "dkim"))
        found, others = await self._collect(memo, options)
        facts = with_connections(found.facts, self._seen, self.started)
        if keys_stay:
            seen = self._seen.facts
            facts = replace(facts, dkim=seen.dkim, dkim_discovery=seen.dkim_discovery)
        return self._judged(with_profile(facts, self._profile), others, memo, 0.0)

    def fixer(self, report: Report) -> Fixer:
        """What proves and composes the fixes of the report."""
        return Fixer(report, self.resolver, self.again)

    async def proven(self, report: Report) -> Report:
        """The report with its fixes proven; where the time is over, in words."""
        if self.stop.stopped:
            return in_words(report, NO_TIME)
        return await self.fixer(report).proven()

    async def _collect(
        self, resolver: MemoResolver, options: DomainOptions
    ) -> tuple[Collected, tuple[DomainFacts, ...]]:
        topics = DomainOptions(topics=SUBDOMAIN_TOPICS)
        found, *others = await asyncio.gather(
            collect_all(self.name, resolver, options, self.stop),
            *(collect_all(each, resolver, topics, self.stop) for each in self.below),
        )
        return found, tuple(with_profile(each.facts) for each in others)

    def _judged(
        self, facts: DomainFacts, others: tuple[DomainFacts, ...], resolver: MemoResolver, elapsed: float
    ) -> Report:
        outcomes = judge_domain(facts)
        if self.receivers:
            from mailproof.engine.receivers import with_receivers

            facts = with_receivers(facts, outcomes, self.receivers)
            compared = {outcome.check: outcome for outcome in judge_domain(facts, ("receivers",))}
            outcomes = tuple(compared.get(outcome.check, outcome) for outcome in outcomes)
        return build_report(
            self.name,
            self.started,
            (*outcomes, *(o for each in others for o in judge_domain(each, SUBDOMAIN_TOPICS))),
            Facts(dns=facts, domains=others),
            domain_checks(),
            resolver=resolver,
            elapsed_s=elapsed,
            stop=self.stop,
        )


def _receivers(names: tuple[str, ...]) -> tuple[Receiver, ...]:
    if not names:
        return ()
    from mailproof.engine.receivers import chosen_receivers

    return chosen_receivers(names)


def is_live(resolver: Resolver | None) -> bool:
    """Whether answers come from the live DNS, also below zone files or a recorder."""
    if resolver is None:
        return True
    if "mailproof.dns.live" not in sys.modules:  # so that who asks no live server imports no sockets
        return False
    from mailproof.dns.live import LiveResolver

    while not isinstance(resolver, LiveResolver):
        resolver = getattr(resolver, "under", None) or getattr(resolver, "inner", None)
        if resolver is None:
            return False
    return True


def judge_domain(facts: DomainFacts, topics: tuple[str, ...] = ()) -> tuple[Outcome, ...]:
    """The outcomes of all domain checks, or of those of the given topics."""
    checks = domain_checks(topics)
    outcomes = by_profile(judge(checks, facts, facts.domain, facts.failures), checks, facts.profile)
    return outcomes if facts.exists else _of_nothing(outcomes, facts.domain)


def _of_nothing(outcomes: tuple[Outcome, ...], domain: str) -> tuple[Outcome, ...]:
    """The outcomes of a domain that does not exist: that it does not is all there is to say."""
    about_it = {check.rule.id for check in domain_checks(("domain",))}
    skipped = Outcome("", domain, "skipped", reason=f"{domain} does not exist")
    return tuple(
        each if each.check in about_it and each.findings else replace(skipped, check=each.check)
        for each in outcomes
    )


def domain_checks(topics: tuple[str, ...] = ()) -> tuple[Check[DomainFacts], ...]:
    """The checks of a domain, or those of the given topics."""
    from mailproof.checks import registry

    return registry.of_topics(*topics) if topics else registry.checks("domain")


def checked_domain(domain: str) -> str:
    """The domain in A-labels. Raises UsageError for what cannot be a mail domain."""
    import ipaddress

    try:
        ipaddress.ip_address(domain.strip().strip("[]"))
    except ValueError:
        pass
    else:
        raise UsageError(
            f"{domain} is an address, not a domain: give the domain of the From address (and --ip {domain})"
        )
    if "@" in domain:
        raise UsageError(f"{domain!r} is an address: give the domain after the @ alone")
    name = to_ascii(domain)
    if "." not in name:
        raise UsageError(f"{domain!r} is a single label: give a whole domain like {name}.example")
    return name


def checked_subdomains(subdomains: tuple[str, ...], domain: str) -> tuple[str, ...]:
    """Names below the domain, in A-labels, each once. Raises UsageError for what is none."""
    found: dict[str, None] = {}
    for each in subdomains:
        name = to_ascii(each)
        name = name if name == domain or name.endswith(f".{domain}") else f"{name}.{domain}"
        if name == domain:
            raise UsageError(f"--subdomain {each}: that is the domain itself")
        found[checked_domain(name)] = None
    return tuple(found)


def checked_ips(ips: tuple[str, ...]) -> tuple[str, ...]:
    """Addresses in their canonical form. Raises UsageError for what is none."""
    from mailproof.records.addresses import client_address

    try:
        return tuple(str(client_address(ip)) for ip in ips)
    except UsageError as error:
        raise UsageError(f"--ip: {error}") from None


def checked_blocklists(all_open: bool, names: tuple[str, ...]) -> BlocklistOptions | None:
    """Which blocklists to ask; None for none. Raises UsageError for a name that no list has."""
    if not all_open and not names:
        return None
    from mailproof.data.blocklists import blocklists
    from mailproof.facts.blocklists import BlocklistOptions

    known = blocklists()
    if unknown := known.unknown(names):
        listed = ", ".join(each.name for each in known.lists)
        raise UsageError(f"--blocklist {unknown[0]}: no such blocklist; known are {listed}")
    return BlocklistOptions(all_open, names)


def chosen_blocklists(names: tuple[str, ...]) -> BlocklistOptions | None:
    """The same from one list of names, where ``open`` stands for all that let anybody ask."""
    return checked_blocklists("open" in names, tuple(name for name in names if name != "open"))
