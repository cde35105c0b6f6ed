"""DANE: TLSA records differ from mailproof.toml

## What it checks
The TLSA records of the mail hosts, compared with `expect.tlsa` of the domain in mailproof.toml: `true`
expects a usable one at each host, `false` none at any.

## Why it matters
Senders that verify DANE deliver over authenticated TLS to hosts with TLSA records only.

## How to fix
Publish TLSA records for the key of each mail host. Where the change is meant, change mailproof.toml with
it.

## Example
With `expect.tlsa = true`, before: no record at _25._tcp.mx1.acme.example. After:

    _25._tcp.mx1.acme.example. TLSA 3 1 1 0d6fce13243aa7…

## References
- RFC 7672 section 2.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dane._facts import dane, tlsa_name
from mailproof.checks.expected._facts import wanted
from mailproof.model import DomainFacts, Location, Severity


@declare(Severity.ERROR, needs="dane mx_lookup")
def check(facts: DomainFacts, report: Reporter) -> None:
    expected = wanted(facts, lambda each: each.tlsa)
    for host in dane(facts).hosts:
        if host.tlsa.undetermined:
            report.unanswered(host.tlsa)
            continue
        if any(record.usable for record in host.records) != expected:
            has = "has no usable TLSA record" if expected else "has TLSA records"
            report(
                f"The mail host {host.host} {has}, and mailproof.toml expects otherwise.",
                location=Location(tlsa_name(host), "TLSA", host.records[0].text if host.records else ""),
            )
