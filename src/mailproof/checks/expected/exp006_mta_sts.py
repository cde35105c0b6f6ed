"""MTA-STS: mode or reports differ from mailproof.toml

## What it checks
The mode of the MTA-STS policy, compared with `expect.mta_sts` of the domain in mailproof.toml, and the
TLS reporting record, compared with `expect.tls_rpt`. Without connections (`--offline`, `--no-connect`)
the policy is not fetched: only the record that announces it is checked then.

## Why it matters
Without the policy in mode enforce, an attacker on the path can have mail delivered without TLS. Without
reports you don't see it.

## How to fix
Restore the policy or the record. Where the change is meant, change mailproof.toml with it.

## Example
With `expect.mta_sts = "enforce"`, before: no record at _mta-sts.acme.example. After:

    _mta-sts.acme.example. TXT "v=STSv1; id=20260101"

## References
- RFC 8461 section 5
- RFC 8460 section 3
"""

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, declare
from mailproof.checks.expected._facts import wanted
from mailproof.checks.mta_sts._facts import sts_of
from mailproof.model import DomainFacts, Expectations, Location, Severity


@declare(Severity.ERROR, needs="mta_sts tls_rpt")
def check(facts: DomainFacts, report: Reporter) -> None:
    expected = wanted(facts, lambda each: each if each.mta_sts or each.tls_rpt is not None else None)
    _reports(facts, expected, report)
    if expected.mta_sts is not None:
        _mode(facts, expected.mta_sts, report)


def _reports(facts: DomainFacts, expected: Expectations, report: Reporter) -> None:
    if expected.tls_rpt is None:
        return
    if facts.tls_rpt is None:
        report.unknown("the TLS reporting record could not be collected")
    elif facts.tls_rpt.lookup.undetermined:
        report.unanswered(facts.tls_rpt.lookup)
    else:
        record = facts.tls_rpt.record
        if (record is not None and record.valid) != expected.tls_rpt:
            has, wants = ("no usable", "one") if expected.tls_rpt else ("a", "none")
            report(
                f"{facts.domain} has {has} TLS reporting record, and mailproof.toml expects {wants}.",
                location=Location(facts.tls_rpt.lookup.name, "TXT", record.text if record else ""),
            )


def _mode(facts: DomainFacts, mode: str, report: Reporter) -> None:
    sts = sts_of(facts)
    record = sts.record
    where = Location(sts.lookup.name, "TXT", record.text if record is not None else "")
    if record is None or not record.valid:
        if mode != "none":
            report(
                f"{facts.domain} announces no MTA-STS policy, and mailproof.toml expects mode {mode}.",
                location=where,
            )
        return
    if sts.fetch is None:
        if not report.findings:
            raise NotApplicable(f"the policy was not fetched: {sts.not_fetched}")
        return
    if sts.fetch.undetermined:
        raise Undetermined(sts.fetch.describe())
    policy = sts.policy
    found = policy.mode if policy is not None and policy.valid else None
    if found != mode and not (found is None and mode == "none"):
        has = f"mode {found}" if found else "no policy that senders can use"
        report(
            f"The MTA-STS policy host of {facts.domain} serves {has}, and mailproof.toml expects {mode}.",
            location=where,
        )
