"""The plan of an audit: which rules are checked, and what is collected for them. Pure."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from mailproof.checks import registry
from mailproof.checks.base import Check
from mailproof.facts.domain import COLLECTORS, KINDS, collectors_of
from mailproof.model import DomainFacts, Outcome, RecordKind
from mailproof.policy import Policy

#: What the verdict and the grade hang on, whatever rules are ignored.
DECIDING = frozenset(("soa", "ns", "spf", "dkim", "dkim_discovery", "dmarc", "mx", "mx_lookup"))
#: What shows what a domain is for; keys are looked for only where these say that it does not send.
PROFILE = frozenset(("spf", "mx", "mx_lookup"))
#: The topic that compares with what is expected.
EXPECTED = ("expected",)
#: What the tables of receivers read beside the outcomes of rules.
OF_RECEIVERS = DECIDING | {"sending_hosts"}


class Plan(Struct, frozen=True):
    """What an audit does. No rule is imported for one that leaves nothing out.

    The rules ``judged`` are in their order; those ``hidden``, which the tables of receivers need, are not in
    the report. Of the rules ``ignored`` nothing is known. ``selected`` is what was selected, where that is
    not all. ``collectors`` are those to run (None: all), and ``misplaced`` the kinds of records to look for
    at wrong names; ``profile`` says whether what the domain is for makes a difference.
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
        """The outcomes of the rules ignored."""
        return tuple(
            Outcome(rule, subject, "skipped", reason="ignored by policy")
            for rule in self.ignored
            if rule not in self.hidden
        )

    @lru_cache(maxsize=32)  # noqa: B019 - of plans there are few, and they are kept by plan_domain
    def checks(self, *topics: str, without: tuple[str, ...] = ()) -> tuple[Check[DomainFacts], ...]:
        """The checks to run, in their order: of these topics (none named: of all), without those."""
        return tuple(
            registry.check(rule)
            for rule in self.judged
            if (not topics or registry.topic_of(rule).name in topics)
            and registry.topic_of(rule).name not in without
        )


@lru_cache(maxsize=32)  # the same for each of many domains
def plan_domain(
    policy: Policy, *, behind: tuple[str, ...] = (), everything: bool = False, expected: bool = False
) -> Plan:
    """What the rules that count need.

    ``behind`` are the beginnings of the rules that the tables of receivers are made from, where these are
    wanted. With ``everything`` all is collected, whatever is needed; ``expected`` says whether there is
    something that the rules on expectations compare with.
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
