"""The DNS audit of a domain."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Iterable
from typing import TYPE_CHECKING

from msgspec import Struct

from mailproof.checks.base import Check
from mailproof.dns import MemoResolver, Resolver
from mailproof.dns.patch import PatchResolver
from mailproof.dns.text import to_ascii
from mailproof.engine.fixes import NO_TIME, Fixer, ProposalWish, in_words
from mailproof.engine.judge import judge
from mailproof.engine.profiles import by_profile, with_profile
from mailproof.engine.report import build_report
from mailproof.engine.session import Session, Work
from mailproof.errors import UsageError
from mailproof.facts.domain import TOPICS, Collected, DomainOptions, collect_all, with_connections
from mailproof.model import DomainFacts, Facts, Outcome, Report
from mailproof.model.fixes import FixProposal
from mailproof.structs import replace

if TYPE_CHECKING:
    from mailproof.data.receivers import Receiver
    from mailproof.facts.blocklists import BlocklistOptions
    from mailproof.facts.transport_options import TransportOptions


#: What is judged of a subdomain.
SUBDOMAIN_TOPICS = ("spf", "dmarc", "mx", "profile")
#: What is judged first: the rules of receivers judge what the others said.
JUDGED = (*TOPICS, "profile")


class AuditOptions(Struct, frozen=True):
    """What is asked of an audit beside the domain.

    ``selectors`` are DKIM selectors in use, tried beside the likeliest (``all_selectors``: all known ones);
    ``ips`` the addresses that mail is sent from. ``connect`` says whether to connect to the mail hosts (None:
    where the answers come from the live DNS), and ``transport`` bounds and steers that; ``blocklists`` are
    those to ask. ``profile`` is what the domain is for (``auto``: taken from its records); ``subdomains``
    (whole names or labels below it) are judged beside it; ``receivers`` are those whose requirements are
    compared (names, or ``all``); ``second_opinion`` asks checkdmarc. Without ``prove`` the fixes are what
    each rule proposes by itself; ``proposal`` is the one zone change that is wanted of all of them.
    """

    selectors: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    second_opinion: bool = False
    connect: bool | None = None
    transport: TransportOptions | None = None
    blocklists: BlocklistOptions | None = None
    profile: str = "auto"
    subdomains: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()
    all_selectors: bool = False
    prove: bool = True
    proposal: ProposalWish | None = None


DEFAULTS = AuditOptions()


class Audited(Struct, frozen=True):
    """One domain's report, and the proposal of a zone change where one was asked for."""

    report: Report
    proposal: FixProposal | None = None


def audit(
    domains: Iterable[str], session: Session, options: AuditOptions = DEFAULTS
) -> AsyncGenerator[Audited, None]:
    """The audits of several domains, as they are done and in the order given."""
    return session.in_order(domains, lambda domain: audit_domain(domain, session, options))


async def audit_domain(domain: str, session: Session, options: AuditOptions = DEFAULTS) -> Audited:
    """The audit of one domain. Trouble with the DNS or a host never raises; UsageError for wrong options."""
    async with session.work() as work:
        run = Audit(domain, session, work, options)
        report = await run.report()
        if not options.prove:
            return Audited(report)
        if work.stop.stopped:
            return Audited(in_words(report, NO_TIME))
        fixer, proposal = run.fixer(report), None
        if options.proposal is not None:
            proposal = await fixer.proposal(options.proposal, session.policy.applied(report).findings)
        return Audited(await fixer.proven(), proposal)


class Audit:
    """The audit of one domain: its report, and the same on data with proposed changes."""

    def __init__(self, domain: str, session: Session, work: Work, options: AuditOptions = DEFAULTS) -> None:
        self.name, self.work, self.asked = checked_domain(domain), work, options
        self.below = checked_subdomains(options.subdomains, self.name)
        self.receivers = _receivers(options.receivers)
        connect = is_live(session.resolver) if options.connect is None else options.connect
        given = (*options.selectors, *(session.config.selectors_of(self.name) if session.config else ()))
        self.options = DomainOptions(
            selectors=tuple((selector, "given") for selector in dict.fromkeys(given)),
            ips=checked_ips(options.ips),
            connect=connect,
            transport=options.transport,
            now=work.started,
            blocklists=options.blocklists,
            all_selectors=options.all_selectors,
        )
        self._seen: Collected | None = None
        self._profile = options.profile

    async def report(self) -> Report:
        """The report on the data as they are, each fix as its rule proposes it."""
        self._seen, others = await self._collect(self.work.resolver, self.options)
        facts = with_profile(self._seen.facts, self._profile)
        self._profile = facts.profile  # what it is for stays, whatever a proposal makes of the records
        if self.asked.second_opinion and not self.work.stop.stopped:
            from mailproof.adapters.checkdmarc import second_opinion

            found = await second_opinion(self.name, self.work.resolver, facts)
            facts = replace(facts, second_opinions=found)
        return self._told(facts, others, self.work.resolver)

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
        facts = with_connections(found.facts, self._seen, self.work.started)
        if keys_stay:
            seen = self._seen.facts
            facts = replace(facts, dkim=seen.dkim, dkim_discovery=seen.dkim_discovery)
        return self._told(with_profile(facts, self._profile), others, memo)

    def fixer(self, report: Report) -> Fixer:
        """What proves and composes the fixes of the report."""
        return Fixer(report, self.work.resolver, self.again)

    async def _collect(
        self, resolver: MemoResolver, options: DomainOptions
    ) -> tuple[Collected, tuple[DomainFacts, ...]]:
        topics = DomainOptions(topics=SUBDOMAIN_TOPICS)
        found, *others = await asyncio.gather(
            collect_all(self.name, resolver, options, self.work.stop),
            *(collect_all(each, resolver, topics, self.work.stop) for each in self.below),
        )
        return found, tuple(with_profile(each.facts) for each in others)

    def _told(self, facts: DomainFacts, others: tuple[DomainFacts, ...], resolver: MemoResolver) -> Report:
        """Judge, relate, report."""
        outcomes = judge_domain(facts, JUDGED)
        if self.receivers:
            from mailproof.engine.receivers import with_receivers

            facts = with_receivers(facts, outcomes, self.receivers)
        outcomes += judge_domain(facts, ("receivers",))
        for each in others:
            outcomes += judge_domain(each, SUBDOMAIN_TOPICS)
        return build_report(
            self.name,
            self.work.started,
            outcomes,
            Facts(dns=facts, domains=others),
            domain_checks(),
            resolver=resolver,
            elapsed_s=self.work.elapsed_s,
            stop=self.work.stop,
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
