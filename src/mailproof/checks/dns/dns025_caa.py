"""CAA: no CA may issue for the MTA-STS host

## What it checks
The CAA records that apply to `mta-sts.<domain>` (its own, else the nearest above). The rule fires where
they name no CA, as with a URL in place of its domain, or have a critical property that CAs don't know.

## Why it matters
Senders fetch the policy over HTTPS. When the certificate expires and can't be renewed, they can't fetch it
any more. MTA-STS ends, or they keep an outdated policy.

## How to fix
Publish a CAA record with your CA at the MTA-STS host itself.

## Example
Before:

    acme.example. MX 10 mx1.acme.example.
    mx1.acme.example. A 192.0.2.25
    _mta-sts.acme.example. TXT "v=STSv1; id=1"
    mta-sts.acme.example. A 192.0.2.80
    acme.example. CAA 0 issue ";"

After:

    acme.example. MX 10 mx1.acme.example.
    mx1.acme.example. A 192.0.2.25
    _mta-sts.acme.example. TXT "v=STSv1; id=1"
    mta-sts.acme.example. A 192.0.2.80
    acme.example. CAA 0 issue ";"
    mta-sts.acme.example. CAA 0 issue "ca.example"

## References
- RFC 8659 sections 3 and 4.2
- RFC 8461 section 3.3
"""

import re

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, answered, decision, declare
from mailproof.checks.dns._facts import health
from mailproof.model import DomainFacts, Location, Severity

#: A CA's domain; any other value forbids all (RFC 8659 section 4.2).
_ISSUER = re.compile(r"[a-z0-9]+(?:-+[a-z0-9]+)*(?:\.[a-z0-9]+(?:-+[a-z0-9]+)*)*", re.IGNORECASE)
_KNOWN = {"issue", "issuewild", "iodef", "contactemail", "contactphone", "issuemail", "issuevmc"}


@declare(Severity.WARNING, needs="health")
def check(facts: DomainFacts, report: Reporter) -> None:
    caa = health(facts).caa
    if caa is None or not caa.used:
        names = (f"_mta-sts.{facts.domain}", f"mta-sts.{facts.domain}")
        asked = (each for each in health(facts).asked if each.name in names and each.undetermined)
        if unknown := next(asked, None):
            raise Undetermined.of(unknown)
        raise NotApplicable("MTA-STS is not used")
    if not caa.found_at:
        answered(*caa.lookups)
        return
    reason = _obstacle(caa.records)
    if not reason:
        return
    report(
        f"No CA may issue a certificate for {caa.host}: the CAA records at {caa.found_at} {reason}.",
        location=Location(caa.found_at, "CAA", caa.records[0]),
        evidence=tuple(f"CAA {record}" for record in caa.records),
        fix=decision(
            f'Publish a CAA record at {caa.host} with the CA of its certificate, such as 0 issue "ca.example"'
        ),
    )


def _obstacle(records: tuple[str, ...]) -> str:
    """Why the records exclude all CAs; empty if they don't (RFC 8659 section 4)."""
    issuers: list[str] = []
    for record in records:
        flags, _, rest = record.partition(" ")
        tag, _, value = rest.partition(" ")
        if flags.isdigit() and int(flags) & 128 and tag.lower() not in _KNOWN:
            return f"have the critical property {tag!r}, which CAs don't know"
        if tag.lower() == "issue":
            issuers.append(value.strip().strip('"').partition(";")[0].strip())
    return "name no CA" if issuers and not any(map(_ISSUER.fullmatch, issuers)) else ""
