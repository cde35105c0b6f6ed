"""SPF: no record

## What it checks
The TXT records of the domain. The rule fires where none of them begins with `v=spf1`.

## Why it matters
Receivers get the result `none`, and anyone can put the domain into a return path. Gmail and Yahoo reject or
junk mail that has neither SPF nor DKIM; bulk mail to Gmail, Yahoo and Outlook must have both. A domain that
sends no mail should say so with `v=spf1 -all`.

## How to fix
List every host and service that sends for the domain, and publish one TXT record at the domain that names
them all. If a record was meant as SPF, or is published at another name or with the type SPF, see SPF019,
SPF036 and SPF037.

## Example
Before:

    acme.example. TXT "google-site-verification=abc"

After:

    acme.example. TXT "google-site-verification=abc"
    acme.example. TXT "v=spf1 ip4:192.0.2.0/28 include:esp.example -all"

## References
- RFC 7208 section 3
- Gmail: email sender guidelines
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.spf._facts import spf_of
from mailproof.data.providers import is_below, known_providers
from mailproof.model import DomainFacts, Fix, FixRecord, Location, Severity
from mailproof.records.spf import read_spf


@declare(Severity.ERROR, because_of="SPF019 SPF036 MX021 SPF037", needs="mx mx_lookup", profiles="in use")
def check(facts: DomainFacts, report: Reporter) -> None:
    root = spf_of(facts).root
    if root.status != "none":
        return
    report(
        f"{root.reason}: receivers can't tell which hosts may send for it.",
        location=Location(facts.domain, "TXT"),
        evidence=(root.lookup.describe(),) if root.lookup else (),
        fix=None if _is_intended_elsewhere(facts) else _fix(facts),
    )


def _is_intended_elsewhere(facts: DomainFacts) -> bool:
    """Whether a record was intended as SPF, which another rule reports."""
    spf = spf_of(facts)
    elsewhere = any(lookup.found for lookup in (*spf.elsewhere, *filter(None, [spf.type99])))
    return elsewhere or any(read_spf(text, facts.domain) for text in spf.other_txt[:200])


def _fix(facts: DomainFacts) -> Fix:
    """What to find out, since only the owner knows who sends for a domain."""
    mx = facts.mx_lookup
    hosts = [text.split()[-1] for text in mx.records if text] if mx else []
    if mx is not None and ((mx.absent and not facts.mx) or hosts == ["."]):
        closed = FixRecord(facts.domain, "TXT", "v=spf1 -all")
        return decision("The domain receives no mail. If it sends none either, v=spf1 -all says so", closed)
    summary = f"Publish one SPF record that names every host and service that sends for {facts.domain}"
    carriers = [
        f"{each.name} (include:{each.includes[0]})"
        for each in known_providers().providers
        if each.includes and any(is_below(host, each.mx) for host in hosts)
    ]
    return Fix(f"{summary}; its MX hosts belong to {', '.join(carriers[:3])}" if carriers else summary)
