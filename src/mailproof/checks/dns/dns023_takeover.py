"""DNS: dangling CNAME that anyone can take over

## What it checks
CNAMEs among the names of mail: `_dmarc`, `_mta-sts`, `mta-sts`, `_smtp._tls`, `default._bimi`,
`autodiscover`, `autoconfig`, `mail`, `webmail` and the given DKIM selectors. The rule fires where one
points to a name that does not exist and that anyone can get: in a domain that is not registered, or at a
service that gives names to its customers.

## Why it matters
Whoever takes the name can publish under yours: a DKIM key, a DMARC policy, an MTA-STS policy, a login page
with a valid certificate.

## How to fix
Remove the CNAME today.

## Example
Before:

    acme.example. MX 10 mx1.acme.example.
    mx1.acme.example. A 192.0.2.25
    ; gone.test is not registered
    mail.acme.example. CNAME acme.gone.test.
    test. NS ns1.test.

After:

    acme.example. MX 10 mx1.acme.example.
    mx1.acme.example. A 192.0.2.25

## References
- RFC 1034 section 3.6.2
- OWASP Subdomain Takeover Prevention Cheat Sheet
"""

from mailproof.checks.base import Reporter, declare, improvement
from mailproof.checks.dns._facts import health
from mailproof.model import FixRecord, HealthFacts, Location, Severity


@declare(Severity.ERROR, health, needs="health")
def check(found: HealthFacts, report: Reporter) -> None:
    report.unanswered(*found.asked)
    for alias in found.aliases:
        if not alias.missing_from or not (alias.service or alias.registrable):
            continue
        target = alias.target.chain[-1]
        if alias.registrable:
            how = f"{alias.missing_from} is not registered: whoever registers it controls {alias.name}"
        else:
            how = f"{alias.service} gives that name to anyone who asks for it (list of {found.services_date})"
        record = FixRecord(alias.name, "CNAME", f"{alias.target.chain[0]}.", action="remove")
        report(
            f"{alias.name} is a CNAME to {target}, which does not exist; {how}.",
            location=Location(alias.name, "CNAME", target),
            evidence=(" -> ".join((alias.name, *alias.target.chain)), alias.target.describe()),
            fix=improvement("Remove the CNAME: its target does not exist.", record),
        )
