"""SPF does not allow a sending host

## What it checks
The SPF result for each address given as sending mail, with the domain in the return path.

## Why it matters
Anything but pass means that SPF proves nothing for this mail; with `-all` some receivers refuse it
outright.

## How to fix
Add the address to the SPF record, or send through a host that is in it.

## References
- RFC 7208 section 8
- Gmail error 5.7.27; Microsoft error 5.7.515
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mx._facts import sending_hosts
from mailproof.model import DomainFacts, Fix, FixRecord, Location, Severity

RULE = declare(__name__, __doc__, Severity.ERROR, needs=("sending_hosts", "spf"), profiles="sending")


def check(facts: DomainFacts, report: Reporter) -> None:
    for host in sending_hosts(facts):
        address = host.address.address
        if host.spf_result == "temperror":
            report.unknown(
                host.spf_reason or f"the SPF result for {address} is temperror",
                (host.spf_failed,) if host.spf_failed is not None else (),
            )
        if host.spf_result in ("pass", "temperror", ""):
            continue
        report(
            f"SPF gives {host.spf_result} for mail of {facts.domain} from {address}.",
            location=_location(facts),
            evidence=(host.spf_reason,) if host.spf_reason else (),
            fix=_fix(facts, address) if host.spf_result != "permerror" else None,
        )


def _location(facts: DomainFacts) -> Location:
    record = facts.spf.root.record if facts.spf else None
    return Location(facts.domain, "TXT", record.text if record else "")


def _fix(facts: DomainFacts, address: str) -> Fix:
    term = f"ip6:{address}" if ":" in address else f"ip4:{address}"
    record = facts.spf.root.record if facts.spf else None
    if record is None:
        return Fix(
            f"Publish an SPF record that names all hosts which send, {term} among them", kind="decision"
        )
    value = f"{record.text[:6]} {term}{record.text[6:]}"
    return Fix(
        f"Allow {address}, which was given as a sending host",
        (
            FixRecord(facts.domain, "TXT", record.text, action="remove"),
            FixRecord(facts.domain, "TXT", value),
        ),
        "improvement",
    )
