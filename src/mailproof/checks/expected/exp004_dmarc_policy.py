"""DMARC: policy differs from mailproof.toml

## What it checks
The DMARC policy that receivers apply to the domain and to its subdomains, whichever record it comes from,
compared with `expect.dmarc.policy` and `expect.dmarc.subdomain_policy` in mailproof.toml; and that
aggregate reports go to each address of `expect.dmarc.reports_to`. A policy in test mode (t=y) counts as
the next weaker one.

## Why it matters
A policy that is taken back lets forged mail through again; one that is raised too early loses real mail.
Without reports you see neither.

## How to fix
Restore the record. Where the change is meant, change mailproof.toml with it.

## Example
With `expect.dmarc.policy = "reject"`, before:

    _dmarc.acme.example. TXT "v=DMARC1; p=none; rua=mailto:dmarc@acme.example"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 section 4.7
- RFC 9990 section 4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import applied, known_walk, walked
from mailproof.checks.expected._facts import wanted
from mailproof.model import DomainFacts, Location, Severity
from mailproof.records.dmarc import softened


@declare(Severity.ERROR, needs="dmarc")
def check(facts: DomainFacts, report: Reporter) -> None:
    expected = wanted(facts, lambda each: each.dmarc)
    dmarc = walked(facts)
    record = dmarc.record
    if record is None:
        known_walk(dmarc)
        report(
            f"No DMARC record applies to {facts.domain}, and mailproof.toml expects "
            f"{f'the policy {expected.policy}' if expected.policy is not None else 'one'}.",
            location=Location(f"_dmarc.{facts.domain}", "TXT"),
        )
        return
    place = applied(facts)
    mode = " (test mode)" if record.testing else ""
    policy = softened(dmarc.policy or "none", record.testing)
    if expected.policy is not None and policy != expected.policy:
        report(
            f"The DMARC policy for mail from {facts.domain} is {policy}{mode}, and "
            f"mailproof.toml expects {expected.policy}.",
            location=place.at_tag(dmarc.source or "p"),
        )
    below = softened(record.sp or record.p or "none", record.testing)
    if expected.subdomain_policy is not None and below != expected.subdomain_policy:
        report(
            f"The DMARC policy for mail from subdomains of {facts.domain} is {below}{mode}, "
            f"and mailproof.toml expects {expected.subdomain_policy}.",
            location=place.at_tag("sp" if record.tag("sp") else "p"),
        )
    sent = {uri.address.lower() for uri in record.rua if not uri.problem}
    for address in expected.reports_to:
        if address.lower().removeprefix("mailto:") not in sent:
            report(
                f"DMARC reports on {facts.domain} don't go to {address}, and mailproof.toml expects that.",
                location=place.at_tag("rua"),
            )
