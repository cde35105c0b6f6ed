"""The DNS audit of a domain."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from typing import TYPE_CHECKING

from msgspec import Struct

from mailproof.dns import MemoResolver, Resolver
from mailproof.dns.patch import PatchResolver
from mailproof.dns.together import together
from mailproof.engine import receivers
from mailproof.engine.arguments import checked_domain, checked_ips, checked_selectors, checked_subdomains
from mailproof.engine.hiding import without_secrets
from mailproof.engine.judge import judge_domain
from mailproof.engine.plan import Plan, plan_domain
from mailproof.engine.profiles import with_profile
from mailproof.engine.report import report_of
from mailproof.engine.session import NO_POLICY, Session, Work
from mailproof.facts.domain import COLLECTORS, Collected, DomainOptions, collect_all, with_connections
from mailproof.model import DomainFacts, Expectations, Facts, Report
from mailproof.model.fixes import FixProposal
from mailproof.structs import replace

if TYPE_CHECKING:
    from mailproof.engine.fixes import Fixer, ProposalWish
    from mailproof.facts.transport_options import TransportOptions

#: What is collected and checked of a subdomain.
COLLECTED_BELOW = ("spf", "dmarc", "mx", "wildcard", "misplaced")
JUDGED_BELOW = ("spf", "dmarc", "mx", "profile")
#: The topics that depend on the results of all others.
RECEIVERS = ("receivers",)


class AuditOptions(Struct, frozen=True):
    """The options of an audit.

    ``selectors`` are DKIM selectors in use, tried in addition to the likeliest (``all_selectors``: all known
    ones); ``ips`` the addresses that mail is sent from. ``connect`` says whether to connect to the mail hosts
    (None: if the answers come from the live DNS), and ``transport`` configures that; ``blocklists`` are
    the names of those to query (``open``: all that anyone may query). ``profile`` is what the domain is for
    (``auto``: derived from its records); ``subdomains`` (whole names or labels below it) are checked too;
    ``receivers`` are those whose requirements are compared (names, or ``all``); ``second_opinion`` runs
    checkdmarc; ``expected`` is what the domain should publish. Without ``prove``, the fixes are what each
    rule proposes on its own; ``proposal`` requests one zone change that combines them.
    """

    selectors: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    second_opinion: bool = False
    connect: bool | None = None
    transport: TransportOptions | None = None
    blocklists: tuple[str, ...] = ()
    profile: str = "auto"
    subdomains: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()
    all_selectors: bool = False
    prove: bool = True
    proposal: ProposalWish | None = None
    expected: Expectations | None = None


DEFAULTS = AuditOptions()


class Audited(Struct, frozen=True):
    """One domain's report, and the proposal of a zone change, if requested."""

    report: Report
    proposal: FixProposal | None = None


def audit(
    domains: Iterable[str], session: Session, options: AuditOptions = DEFAULTS
) -> AsyncGenerator[Audited, None]:
    """Audit several domains; yield each result as soon as possible, in the order given."""
    return session.in_order(domains, lambda domain: audit_domain(domain, session, options))


async def audit_domain(domain: str, session: Session, options: AuditOptions = DEFAULTS) -> Audited:
    """Audit one domain. Never raises for failures of the DNS or a host; raises UsageError for bad options."""
    found = await _audited(domain, session, options)
    return replace(found, report=without_secrets(found.report))


async def _audited(domain: str, session: Session, options: AuditOptions) -> Audited:
    async with session.work() as work:
        run = Audit(domain, session, work, options)
        report = await run.report()
        if not options.prove:
            return Audited(report)
        from mailproof.engine.fix_results import in_words, with_fixes_of
        from mailproof.engine.fixes import NO_TIME

        if work.stop.stopped:
            return Audited(in_words(report, NO_TIME))
        chosen = session.policy.applied(report).findings
        if options.proposal is None and not any(finding.records for finding in chosen):
            return Audited(report)
        fixer, proposal = await run.fixer(report), None
        if options.proposal is not None:
            proposal = await fixer.proposal(options.proposal, chosen)
        proven = await fixer.proven()
        return Audited(with_fixes_of(report, proven) if run.plan.partial else proven, proposal)


class Audit:
    """The audit of one domain: its report, and reports on its data with proposed changes."""

    def __init__(self, domain: str, session: Session, work: Work, options: AuditOptions = DEFAULTS) -> None:
        self.name, self.work, self.asked = checked_domain(domain), work, options
        self.subdomains = checked_subdomains(options.subdomains, self.name)
        self.receivers = receivers.chosen_receivers(options.receivers)
        behind = receivers.BEHIND if self.receivers else ()
        compared = options.expected is not None
        self.plan = plan_domain(
            session.policy, behind=behind, everything=options.second_opinion, expected=compared
        )
        self.full_plan = plan_domain(NO_POLICY, expected=compared)  # for proving fixes
        given = (
            *checked_selectors(options.selectors, self.name),
            *(options.expected.selectors if options.expected is not None else ()),
            *session.selectors_of(self.name),
        )
        self.options = DomainOptions(
            selectors=tuple((selector, "given") for selector in dict.fromkeys(given)),
            ips=checked_ips(options.ips),
            transport=session.connections(options.connect, options.transport),
            now=work.started,
            blocklists=options.blocklists,
            all_selectors=options.all_selectors,
        )
        self._collected: Collected | None = None
        self._profile = options.profile

    async def report(self) -> Report:
        """The report on the current data, each fix as its rule proposes it."""
        self._collected, others = await self._collect(self.work.resolver, self.plan, self.options)
        facts = await self._with_profile(self._collected.facts)
        if self.asked.second_opinion and not self.work.stop.stopped:
            from mailproof.adapters.checkdmarc import second_opinion

            found = await second_opinion(self.name, self.work.resolver, facts)
            facts = replace(facts, second_opinions=found)
        return self._checked_report(self.plan, facts, others, self.work.resolver)

    async def _collect(
        self, resolver: MemoResolver, plan: Plan, options: DomainOptions
    ) -> tuple[Collected, tuple[DomainFacts, ...]]:
        """Collect what the plan needs of the domain and of its subdomains."""
        stop = self.work.stop
        own = replace(options, collectors=plan.collectors, misplaced=plan.misplaced)
        limited = DomainOptions(
            collectors=tuple(filter(plan.collects, COLLECTED_BELOW)), misplaced=plan.misplaced
        )
        found, *others = await together(
            collect_all(self.name, resolver, own, stop),
            *(collect_all(each, resolver, limited, stop) for each in self.subdomains),
        )
        return found, tuple(with_profile(each.facts) for each in others)

    async def _with_profile(self, facts: DomainFacts) -> DomainFacts:
        """The facts with the domain's profile, which stays the same when proposals change the records."""
        if self._profile == "auto" and not self.plan.profile:
            return facts
        found = with_profile(facts, self._profile)
        if self._profile == "auto" and found.profile != "sending" and not self.plan.collects("dkim"):
            keys = replace(self.options, collectors=("dkim",))
            more = (await collect_all(self.name, self.work.resolver, keys, self.work.stop)).facts
            found = with_profile(replace(facts, dkim=more.dkim, dkim_discovery=more.dkim_discovery))
        self._profile = found.profile
        return found

    def _checked_report(
        self, plan: Plan, facts: DomainFacts, others: tuple[DomainFacts, ...], resolver: MemoResolver
    ) -> Report:
        """Check and report. The tables of receivers depend on the outcomes of the other rules."""
        facts = replace(facts, expected=self.asked.expected)
        outcomes = judge_domain(facts, plan.checks(without=RECEIVERS))
        if self.receivers:
            facts = receivers.with_receivers(facts, outcomes, self.receivers)
        outcomes += judge_domain(facts, plan.checks(*RECEIVERS))
        for each in others:
            outcomes += judge_domain(each, plan.checks(*JUDGED_BELOW))
        if plan.hidden:
            outcomes = tuple(each for each in outcomes if each.check not in plan.hidden)
        outcomes += plan.left_out(self.name)
        found = Facts(dns=facts, domains=others)
        return report_of(self.work, self.name, outcomes, found, resolver=resolver, selected=plan.selected)

    async def report_on(self, resolver: Resolver) -> Report:
        """The report on other data, with all rules."""
        assert self._collected is not None
        memo, plan, seen = MemoResolver(resolver), self.full_plan, self._collected.facts
        changed = resolver.changed if isinstance(resolver, PatchResolver) else ()
        keys_stay = changed and not any("_domainkey" in name or name[:1] == "*" for name, _ in changed)
        if keys_stay:  # two thirds of all lookups are for DKIM keys
            plan = replace(plan, collectors=tuple(each.name for each in COLLECTORS if each.name != "dkim"))
        facts, others = await self._without_connections(memo, plan)
        if keys_stay:
            facts = replace(facts, dkim=seen.dkim, dkim_discovery=seen.dkim_discovery)
        return self._checked_report(plan, facts, others, memo)

    async def _without_connections(
        self, resolver: MemoResolver, plan: Plan
    ) -> tuple[DomainFacts, tuple[DomainFacts, ...]]:
        """Collect from the DNS, and reuse what was seen of the hosts: they are not connected to again."""
        assert self._collected is not None
        found, others = await self._collect(resolver, plan, replace(self.options, transport=None))
        facts = with_connections(found.facts, self._collected, self.work.started)
        return with_profile(facts, self._profile), others

    async def fixer(self, report: Report) -> Fixer:
        """A fixer for the report.

        Fixes are proven with all rules: if the report has only some, the rest is checked, too.
        """
        from mailproof.engine.fixes import Fixer

        if self.plan.partial and self._collected is not None:
            facts, others = await self._without_connections(self.work.resolver, self.full_plan)
            self._collected = Collected(facts, self._collected.transport)
            report = self._checked_report(self.full_plan, facts, others, self.work.resolver)
        return Fixer(report, self.work.resolver, self.report_on)
