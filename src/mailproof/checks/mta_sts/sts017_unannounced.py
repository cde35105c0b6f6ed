"""MTA-STS: policy without a record

## What it checks
The policy at `https://mta-sts.<domain>/.well-known/mta-sts.txt`. The rule fires where it is valid, but
`_mta-sts.<domain>` has no record.

## Why it matters
Sending servers look up the record first, and never fetch a policy without one.

## How to fix
Publish the record, or remove the policy.

## Example
Before:

    ; https://mta-sts.acme.example/.well-known/mta-sts.txt serves a policy
    mta-sts.acme.example. A 192.0.2.80

After:

    ; https://mta-sts.acme.example/.well-known/mta-sts.txt serves a policy
    mta-sts.acme.example. A 192.0.2.80
    _mta-sts.acme.example. TXT "v=STSv1; id=20261101"

## References
- RFC 8461 section 3.1
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.mta_sts._facts import requested, sts_of
from mailproof.checks.publishing import replaced
from mailproof.model import FixKind, Location, MtaStsFacts, Severity


@declare(Severity.WARNING, sts_of, because_of="STS002 STS003 STS005 STS021")
def check(sts: MtaStsFacts, report: Reporter) -> None:
    fetch = requested(sts)
    if sts.records or sts.policy is None or not sts.policy.valid or sts.policy.mode == "none":
        return
    summary = "Publish the record that announces the policy. Senders will then apply it."
    kind: FixKind = "decision" if sts.policy.mode == "enforce" else "improvement"
    report(
        f"{fetch.url} serves a policy, but {sts.lookup.name} has no record that announces it.",
        location=Location(sts.lookup.name, "TXT"),
        evidence=(sts.lookup.describe(), fetch.describe()),
        fix=replaced(sts.lookup, report.subject, summary, (), "v=STSv1; id=1", kind),
    )
