"""Sending host: not allowed by SPF

## What it checks
The SPF result for each address given as a sending host (`--ip`), with the domain in the return path. The rule
fires on anything but pass; temperror is unknown.

## Why it matters
SPF then proves nothing for this mail. With `-all`, some receivers reject it outright.

## How to fix
Add the address to the SPF record, or send through a host that is in it.

## Example
Before:

    acme.example. TXT "v=spf1 ip4:198.51.100.0/24 -all" ; sending host: 192.0.2.40

After:

    acme.example. TXT "v=spf1 ip4:192.0.2.40 ip4:198.51.100.0/24 -all"

## References
- RFC 7208 section 8
- Gmail error 5.7.27; Microsoft error 5.7.515
"""

from mailproof.checks.base import Reporter, decision, declare, improvement
from mailproof.checks.mx._facts import sending_hosts
from mailproof.model import DomainFacts, Fix, FixRecord, Location, SendingHostFacts, Severity, SpfRecord
from mailproof.records.spf import as_term


@declare(Severity.ERROR, each=sending_hosts, needs="sending_hosts spf", profiles="sending")
def check(facts: DomainFacts, host: SendingHostFacts, report: Reporter) -> None:
    record = facts.spf.root.record if facts.spf else None
    address = host.address.address
    if host.spf_result == "temperror":
        report.unknown(
            host.spf_reason or f"the SPF result for {address} is temperror",
            (host.spf_failed,) if host.spf_failed is not None else (),
        )
    if host.spf_result in ("pass", "temperror", ""):
        return
    report(
        f"SPF gives {host.spf_result} for mail from {facts.domain} sent by {address}.",
        location=Location(facts.domain, "TXT", record.text if record else ""),
        evidence=(host.spf_reason,) if host.spf_reason else (),
        fix=_fix(facts.domain, record, address) if host.spf_result != "permerror" else None,
    )


def _fix(domain: str, record: SpfRecord | None, address: str) -> Fix:
    term = as_term(address)
    if record is None:
        return decision(f"Publish an SPF record that names all hosts that send, {term} among them")
    return improvement(
        f"Add {address}, which was given as a sending host, to the SPF record",
        FixRecord(domain, "TXT", record.text, action="remove"),
        FixRecord(domain, "TXT", f"{record.text[:6]} {term}{record.text[6:]}"),
    )
