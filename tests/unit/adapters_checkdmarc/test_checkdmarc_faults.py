"""Each known bug of checkdmarc 6.0.4: its own result, and ours for comparison.

The zones are in fixtures/zones/checkdmarc. If a later release fixes a bug, its test fails here, and
the note about it can be removed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from mailproof.adapters.checkdmarc import dmarc_state, second_opinion, spf_state
from mailproof.dns import MemoResolver, Resolver, ZoneResolver
from mailproof.facts.dmarc import collect_dmarc
from mailproof.facts.mx import collect_mx
from mailproof.facts.spf import collect_spf
from mailproof.model import DomainFacts, SecondOpinion, Status
from tests.support.engine import audit_async
from tests.support.resolvers import FailingResolver

ZONES = Path(__file__).parents[3] / "fixtures" / "zones" / "checkdmarc"
Failures = dict[tuple[str, str], Status]


@dataclass(frozen=True)
class Wrong:
    """A zone on which checkdmarc is wrong: its result, the correct one, and words of our note."""

    zone: str
    topic: Literal["spf", "dmarc"]
    says: str
    ours: str
    note: str
    failures: Failures = field(default_factory=dict)
    domain: str = "acme.example"
    agrees: bool = False

    def __str__(self) -> str:
        return f"{self.zone}-{'-'.join(self.failures.values())}"


def failing(name: str, rrtype: str, status: Status) -> Failures:
    return {(name, rrtype): status}


WRONG = [
    Wrong("spf-upper-case", "spf", r"invalid: .*version_tag", "usable", "case-insensitive"),
    Wrong("spf-nbsp", "spf", "valid", "unusable", r"U\+00A0"),
    *(
        Wrong(
            "spf-include-failing",
            "spf",
            "invalid: .*has no SPF record.*permerror",
            "unknown",
            f"TXT _spf.esp.example: {status}.*temperror",
            failing("_spf.esp.example", "TXT", status),
        )
        for status in ("servfail", "timeout", "refused", "bogus")
    ),
    Wrong(
        "spf-a-failing",
        "spf",
        "valid",
        "unknown",
        "out.esp.example: timeout.*temperror",
        failing("out.esp.example", "*", "timeout"),
    ),
    Wrong("spf-address-as-name", "spf", "valid", "unusable", "a:192.0.2.1 pass.*permerror"),
    Wrong(
        "spf-overflow", "spf", "invalid: .*11/10", "unusable", "counts 18 lookups, checkdmarc 6", agrees=True
    ),
    Wrong(
        "spf-redirect-missing",
        "spf",
        r"invalid: The domain does not exist\.$",
        "unusable",
        "_spf.gone.example has no SPF record",
        agrees=True,
    ),
    Wrong("spf-void-exists", "spf", "valid", "unusable", "0 void lookups where there are 3"),
    Wrong("dmarc-stray-txt", "dmarc", "invalid: Unrelated", "usable", "verification=abc123"),
    *(
        Wrong(f"dmarc-{name}", "dmarc", "invalid: Unrelated", "unusable", "unrelated", agrees=True)
        for name in ("lower-case-version", "no-semicolons", "pasted-escapes", "wildcard-spf")
    ),
    Wrong("dmarc-fo", "dmarc", "invalid: x is not a valid option", "usable", "fo=x.*default"),
    *(
        Wrong(
            "dmarc-failing",
            "dmarc",
            "invalid: All nameservers failed",
            "unknown",
            f"TXT _dmarc.acme.example: {status}",
            failing("_dmarc.acme.example", "TXT", status),
        )
        for status in ("servfail", "timeout", "refused", "bogus")
    ),
    Wrong(
        "dmarc-weaker-sp",
        "dmarc",
        "invalid: The domain does not exist",
        "usable",
        "record of acme.example applies",
        domain="nosuch.acme.example",
    ),
]


def world(zone: str, failures: Failures | None = None) -> Resolver:
    return FailingResolver(ZoneResolver.from_file(ZONES / f"{zone}.zone", origin="."), failures or {})


async def facts_of(domain: str, memo: MemoResolver) -> DomainFacts:
    lookup, hosts = await collect_mx(domain, memo)
    return DomainFacts(
        domain,
        spf=await collect_spf(domain, memo),
        dmarc=await collect_dmarc(domain, memo),
        mx_lookup=lookup,
        mx=hosts,
    )


async def opinions(domain: str, resolver: Resolver) -> tuple[DomainFacts, dict[str, SecondOpinion]]:
    memo = MemoResolver(resolver)
    facts = await facts_of(domain, memo)
    return facts, {opinion.topic: opinion for opinion in await second_opinion(domain, memo, facts)}


@pytest.mark.parametrize("case", WRONG, ids=str)
async def test_where_checkdmarc_is_wrong(case: Wrong) -> None:
    facts, said = await opinions(case.domain, world(case.zone, case.failures))
    opinion = said[case.topic]
    assert opinion.tool == "checkdmarc"
    assert re.match(case.says, opinion.verdict), opinion.verdict
    assert facts.spf is not None
    assert facts.dmarc is not None
    assert (spf_state(facts.spf) if case.topic == "spf" else dmarc_state(facts.dmarc)) == case.ours
    assert opinion.agrees is case.agrees
    assert re.search(case.note, opinion.note), opinion.note


@dataclass(frozen=True)
class Missed:
    """A zone with a fault that checkdmarc misses, and words of our finding.

    ``seen`` are the words checkdmarc would use if it reported the fault, if they differ.
    """

    zone: str
    topic: str
    finding: str
    seen: str = ""

    def __str__(self) -> str:
        return self.zone


MISSED = [
    Missed("spf-plus-all", "spf", r"all"),
    Missed("spf-bare-all", "spf", r"all"),
    Missed("spf-neutral-all", "spf", r"\?all"),
    Missed("spf-no-all", "spf", r"all"),
    Missed("spf-whole-internet", "spf", r"0\.0\.0\.0/0"),
    Missed("spf-private-range", "spf", r"10\.0\.0\.0/8"),
    Missed("spf-wide-range", "spf", r"64\.0\.0\.0/6"),
    Missed("spf-host-bits", "spf", r"192\.0\.2\.77/24"),
    Missed("spf-leading-space", "spf", r"space"),
    Missed("spf-void-exists", "spf", r"three\.gone\.example"),
    Missed("dmarc-weaker-sp", "dmarc", r"subdomains"),
    Missed("dmarc-test-mode", "dmarc", r"t=y"),
    Missed("dmarc-apex-only", "dmarc", r"_dmarc\.acme\.example", "root of|must be located"),
    Missed("dmarc-dangling-cname", "dmarc", r"acme\._dmarc\.gone\.example"),
    Missed("mx-private", "mx", r"10\.0\.0\.5", "private|reserved|rout|10.0.0.5 (is|can)"),
    Missed("mx-private", "mx", r"127\.0\.0\.1", "loopback|reserved|rout|127.0.0.1 (is|can)"),
]


@pytest.mark.parametrize("case", MISSED, ids=str)
async def test_what_checkdmarc_does_not_see(case: Missed) -> None:
    """Neither its verdict nor its warnings contain the words of our finding."""
    from mailproof.adapters.checkdmarc_run import run
    from mailproof.adapters.gathered import run_gathered

    (said,) = await run_gathered(world(case.zone), lambda g: run("acme.example", g, (case.topic,)))
    told = " ".join((said.error, *said.result.get("warnings", ())))
    assert not re.search(case.seen or case.finding, told), told


@pytest.mark.parametrize("case", MISSED, ids=str)
async def test_what_mailproof_does_see(case: Missed) -> None:
    report = await audit_async("acme.example", world(case.zone))
    messages = [finding.message for finding in report.findings if finding.rule.startswith(case.topic.upper())]
    assert any(re.search(case.finding, message) for message in messages), messages


async def test_the_fewest_labels_decide() -> None:
    """Other releases got this wrong; this one selects the same record as we do (RFC 9989 section 4.10.2)."""
    facts, said = await opinions("a.b.acme.example", world("dmarc-two-levels"))
    assert facts.dmarc is not None
    assert (facts.dmarc.policy_domain, said["dmarc"].agrees, said["dmarc"].note) == ("acme.example", True, "")


async def test_a_healthy_domain_is_healthy_to_both() -> None:
    _, said = await opinions("acme.example", world("healthy"))
    assert {topic: (o.agrees, o.note) for topic, o in said.items()} == {
        "spf": (True, ""),
        "dmarc": (True, ""),
        "mx": (True, ""),
    }
    assert said["mx"].verdict == "mx1.acme.example, mx2.acme.example"
