"""DNS: dangling CNAME at a mail host name

## What it checks
CNAMEs at `mta-sts`, `autodiscover`, `autoconfig`, `mail` and `webmail` below the domain. The rule fires
where one points to a name that does not exist. (`_dmarc`, `_mta-sts`, DKIM selectors and the like have
rules of their own; for takeovers see DNS023.)

## Why it matters
The service behind the name is gone, but the zone still announces it. The target may later belong to someone
else.

## How to fix
Remove the CNAME, or have the provider restore its target.

## Example
Before:

    acme.example. MX 10 mx1.acme.example.
    mx1.acme.example. A 192.0.2.25
    mta-sts.acme.example. CNAME acme.sts.esp.example.
    www.esp.example. A 192.0.2.80

After:

    acme.example. MX 10 mx1.acme.example.
    mx1.acme.example. A 192.0.2.25
    mta-sts.acme.example. CNAME acme.sts.esp.example.
    acme.sts.esp.example. A 192.0.2.80

## References
- RFC 1034 section 3.6.2
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.dns._facts import health
from mailproof.checks.mistaken import with_final_dot
from mailproof.model import FixRecord, HealthFacts, Location, Severity


@declare(Severity.WARNING, health, needs="health")
def check(found: HealthFacts, report: Reporter) -> None:
    report.unanswered(*found.asked)
    for alias in found.aliases:
        elsewhere = "_" in alias.name.removesuffix(report.subject)
        if not alias.missing_from or alias.service or alias.registrable or elsewhere:
            continue
        target = alias.target.chain[-1]
        record = FixRecord(alias.name, "CNAME", f"{alias.target.chain[0]}.", action="remove")
        report(
            f"{alias.name} is a CNAME to {target}, which does not exist.",
            location=Location(alias.name, "CNAME", target),
            evidence=(" -> ".join((alias.name, *alias.target.chain)), alias.target.describe()),
            fix=with_final_dot(alias.target, "remove the CNAME")
            or decision("Remove the CNAME, or have the provider restore its target.", record),
        )
