"""The plan of an audit: which rules to check, and what to collect for them. Pure."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from mailproof.checks import registry
from mailproof.checks.base import Check
from mailproof.facts.domain import COLLECTORS, KINDS, collectors_of
from mailproof.model import DomainFacts, Outcome, RecordKind
from mailproof.policy import Policy

#: The fields that the verdict and the grade depend on, whatever rules are ignored.
DECIDING = frozenset(("soa", "ns", "spf", "dkim", "dkim_discovery", "dmarc", "mx", "mx_lookup"))
#: The fields that show a domain's profile; keys are looked up for it only if these say that it does not send.
PROFILE = frozenset(("spf", "mx", "mx_lookup"))
#: The topic of the rules on expectations.
EXPECTED = ("expected",)
#: The fields that the tables of receivers need besides the outcomes of rules.
OF_RECEIVERS = DECIDING | {"sending_hosts"}


class Plan(Struct, frozen=True):
    """What an audit does. A plan that leaves nothing out imports no rule.

    ``judged`` are the rules to check, in order; those ``hidden`` are needed for the tables of receivers, but
    are not in the report. The rules ``ignored`` are not checked. ``selected`` is what was selected, if not
    everything. ``collectors`` are those to run (None: all), and ``misplaced`` the kinds of records to look
    for at wrong names; ``profile`` says whether the domain's profile matters.
    """

    judged: tuple[str, ...]
    hidden: frozenset[str] = frozenset()
    ignored: tuple[str, ...] = ()
    selected: tuple[str, ...] = ()
    collectors: tuple[str, ...] | None = None
    misplaced: tuple[RecordKind, ...] = KINDS
    profile: bool = True

    @property
    def partial(self) -> bool:
        """Whether something is left out."""
        return self.collectors is not None or bool(self.selected)

    def collects(self, collector: str) -> bool:
        """Whether this collector runs."""
        return self.collectors is None or collector in self.collectors

    def left_out(self, subject: str) -> tuple[Outcome, ...]:
        """The outcomes of the ignored rules."""
        return tuple(
            Outcome(rule, subject, "skipped", reason="ignored by policy")
            for rule in self.ignored
            if rule not in self.hidden
        )

    @lru_cache(maxsize=32)  # noqa: B019 - plans are few, and plan_domain caches them
    def checks(self, *topics: str, without: tuple[str, ...] = ()) -> tuple[Check[DomainFacts], ...]:
        """The checks to run, in order: of these topics (none: of all), except the topics ``without``."""
        return tuple(
            registry.check(rule)
            for rule in self.judged
            if (not topics or registry.topic_of(rule).name in topics)
            and registry.topic_of(rule).name not in without
        )


@lru_cache(maxsize=32)  # the same for many domains
def plan_domain(
    policy: Policy, *, behind: tuple[str, ...] = (), everything: bool = False, expected: bool = False
) -> Plan:
    """The plan for the rules that the policy selects.

    ``behind`` are prefixes of the rules that the tables of receivers need, if these are wanted. With
    ``everything``, all facts are collected, needed or not; ``expected`` says whether there are expectations
    to compare with.
    """
    topics = tuple(
        topic
        for topic in registry.TOPICS
        if topic.kind == "domain" and (expected or topic.name not in EXPECTED)
    )
    known = tuple(rule for topic in topics for rule in topic.ids)
    judged = tuple(rule for rule in known if policy.selects(rule) or rule.startswith(behind))
    hidden = frozenset(rule for rule in judged if not policy.selects(rule))
    pruned = policy.select or any(all(map(policy.ignores, topic.ids)) for topic in topics)
    if everything or not pruned:
        return Plan(judged, hidden, selected=policy.selected)
    checks = registry.checks("domain", [rule for rule in judged if not policy.ignores(rule)])
    profile = any(check.profiles != "all" or check.rule.topic == "profile" for check in checks)
    fields = frozenset[str]().union(
        *(check.needs for check in checks),
        () if policy.select else DECIDING,
        OF_RECEIVERS if behind else (),
        PROFILE if profile else (),
    )
    collectors = collectors_of(fields)
    filled = {field for each in COLLECTORS if each.name in collectors for field in each.fields}
    ignored = tuple(
        rule
        for rule in judged
        if policy.ignores(rule) and not registry.check(rule).needs <= filled | {"receivers", *EXPECTED}
    )
    lost = {check.rule.topic for check in checks if "misplaced" in check.needs}
    return Plan(
        judged=tuple(rule for rule in judged if rule not in ignored),
        hidden=hidden,
        ignored=ignored,
        selected=policy.selected,
        collectors=collectors,
        misplaced=tuple(kind for kind in KINDS if kind in lost),
        profile=profile,
    )
