"""No SPF record

## What it checks
Whether the domain publishes a TXT record that begins with `v=spf1`.

## Why it matters
Without it receivers get `spf=none`: anyone can put the domain into a return path, Gmail and Yahoo
refuse or junk mail that has neither SPF nor DKIM, and bulk mail to Gmail, Yahoo and Outlook must have
both. A domain that sends no mail should say so, with `v=spf1 -all`.

## How to fix
Find out every host and service that sends for the domain, and publish one TXT record at the domain that
names them all. A record that was meant as SPF, or is at another name, is told by SPF019, SPF036 or SPF037.

## References
- RFC 7208 section 3
- Gmail: email sender guidelines
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.spf._facts import spf_of
from mailproof.data.providers import is_below, known_providers
from mailproof.model import DomainFacts, Fix, FixRecord, Location, Severity
from mailproof.records.spf import read_spf

RULE = declare(
    __name__,
    __doc__,
    Severity.ERROR,
    because_of=("SPF019", "SPF036", "MX021", "SPF037"),
    needs=("mx_lookup",),
    profiles="in use",
)


def check(facts: DomainFacts, report: Reporter) -> None:
    root = spf_of(facts).root
    if root.status != "none":
        return
    report(
        f"{root.reason}: receivers cannot tell who may send for it.",
        location=Location(facts.domain, "TXT"),
        evidence=(root.lookup.describe(),) if root.lookup else (),
        fix=None if _meant(facts) else _fix(facts),
    )


def _meant(facts: DomainFacts) -> bool:
    """Whether there is a record that was meant: its own rule says what to do with it."""
    spf = spf_of(facts)
    elsewhere = any(lookup.found for lookup in (*spf.elsewhere, *filter(None, [spf.type99])))
    return elsewhere or any(read_spf(text, facts.domain) for text in spf.other_txt[:200])


def _fix(facts: DomainFacts) -> Fix:
    """What to find out: who sends for a domain, its owner alone knows."""
    mx = facts.mx_lookup
    hosts = [text.split()[-1] for text in mx.records if text] if mx else []
    if mx is not None and (mx.absent or hosts == ["."]):
        closed = FixRecord(facts.domain, "TXT", "v=spf1 -all")
        return Fix("It receives no mail: if it sends none either, publish this", (closed,), "decision")
    summary = f"Find out every host and service that sends for {facts.domain}, and name them in one record"
    carriers = [
        f"{each.name} (include:{each.includes[0]})"
        for each in known_providers().providers
        if each.includes and any(is_below(host, each.mx) for host in hosts)
    ]
    return Fix(f"{summary}; its mail hosts are those of {', '.join(carriers[:3])}" if carriers else summary)
