"""Subdomains have a weaker policy than the domain

## What it checks
Whether `sp` asks for less than `p`.

## Why it matters
Forgers simply put any subdomain in From: `p=reject` with `sp=none` protects one name only.

## How to fix
Leave `sp` out, so that `p` covers the subdomains; give a subdomain that needs another policy a record of
its own.

## References
- RFC 9989 section 4.7 (sp)
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import applied
from mailproof.model import DomainFacts, Severity
from mailproof.records.dmarc import strictness
from mailproof.records.dmarc_text import rewritten

RULE = declare(__name__, __doc__, Severity.WARNING)


def check(facts: DomainFacts, report: Reporter) -> None:
    found = applied(facts)
    record = found.record
    if record.p is None or record.sp is None or strictness(record.sp) >= strictness(record.p):
        return
    if found.own and found.dmarc.walk.organizational_domain != facts.domain:
        return
    report(
        f"The record at {found.name} asks for {record.p}, but for subdomains only for {record.sp}.",
        location=found.at_tag("sp"),
        fix=found.next_step("Leave sp= out: p= then covers them.", rewritten(record, drop=("sp",))),
    )
