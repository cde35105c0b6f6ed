"""TLS-RPT: no record, but MTA-STS or DANE in use

## What it checks
The record at `_smtp._tls.<domain>`, for a domain with MTA-STS or DANE. The rule fires where there is none.

## Why it matters
With either, sending servers refuse delivery where TLS fails. Without reports, you learn about an expired
certificate or a forgotten MX host only from mail that doesn't arrive.

## How to fix
Publish `v=TLSRPTv1; rua=mailto:` and a mailbox that you read. A report service can read the reports for
you.

## Example
Before:

    acme.example. MX 10 mx1.acme.example.
    mx1.acme.example. A 192.0.2.25
    _mta-sts.acme.example. TXT "v=STSv1; id=20261101"

After:

    acme.example. MX 10 mx1.acme.example.
    mx1.acme.example. A 192.0.2.25
    _mta-sts.acme.example. TXT "v=STSv1; id=20261101"
    _smtp._tls.acme.example. TXT "v=TLSRPTv1; rua=mailto:tls-reports@acme.example"

## References
- RFC 8460 section 3
- RFC 8461 section 1
"""

from mailproof.checks.base import NotApplicable, Reporter, answered, declare, improvement
from mailproof.checks.misplaced import is_misplaced
from mailproof.checks.mistaken import is_mistaken
from mailproof.checks.tls_rpt._facts import reporting
from mailproof.model import DomainFacts, Location, Severity, TlsRptFacts
from mailproof.records.tls_rpt import TLS_RPT


@declare(
    Severity.INFO, reporting, because_of="TLSRPT003 TLSRPT007 TLSRPT008", needs="dane dmarc misplaced mta_sts"
)
def check(facts: DomainFacts, found: TlsRptFacts, report: Reporter) -> None:
    name = found.lookup.name
    if found.records:
        return
    broken = is_mistaken(found.other_txt, TLS_RPT)
    if found.lookup.chain or broken or is_misplaced(facts, "tls_rpt"):
        raise NotApplicable("there is a record, but senders can't use it: see the other TLS-RPT findings")
    wanting = _wanting(facts)
    if not wanting:
        answered(facts.mta_sts.lookup if facts.mta_sts is not None else None)
        raise NotApplicable("neither MTA-STS nor DANE is known to be in use")
    record = facts.dmarc.record if facts.dmarc is not None else None
    read = next((uri.text for uri in record.rua if not uri.problem), "") if record is not None else ""
    # The owner decides where reports go, perhaps to the address for DMARC reports.
    hint = f" Your DMARC reports go to {read}." if read else ""
    report(
        f"{facts.domain} has {wanting}, but no record at {name} that asks for reports on failed TLS.",
        location=Location(name, "TXT"),
        evidence=(found.lookup.describe(),),
        fix=improvement(f"Publish v=TLSRPTv1; rua=mailto: and a mailbox that you read, at {name}.{hint}"),
    )


def _wanting(facts: DomainFacts) -> str:
    """What makes reports necessary: "MTA-STS", "DANE", both, or nothing."""
    dane = facts.dane.hosts if facts.dane is not None else ()
    inert = ("absent", "failed", "insecure", "unknown", "unusable")
    names = []
    if facts.mta_sts is not None and facts.mta_sts.record is not None:
        names.append("MTA-STS")
    if any(host.state not in inert for host in dane):
        names.append("DANE")
    return " and ".join(names)
