"""DMARC: policy of a public suffix (psd=y)

## What it checks
Where the record that applies is published. The rule fires where that is a public suffix (`psd=y`) above the
domain, and where the domain's own record has `psd=y` although the domain names senders in its SPF record.

## Why it matters
The registry's default decides on the domain's mail, and the reports go to the registry. Receivers that
don't follow RFC 9989 yet don't look there and find no policy.

With `psd=y` in its own record, each name below the domain is an organizational domain of its own: a return
path or a DKIM signature of `mail.acme.example` is not aligned with mail from `acme.example`.

## How to fix
Publish a record of your own. Remove `psd=y` from it: the tag is for registries.

## Example
Before:

    _dmarc.example. TXT "v=DMARC1; p=reject; psd=y; rua=mailto:dmarc@nic.example"
    acme.example. A 192.0.2.7

After:

    _dmarc.example. TXT "v=DMARC1; p=reject; psd=y; rua=mailto:dmarc@nic.example"
    acme.example. A 192.0.2.7
    _dmarc.acme.example. TXT "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 sections 4.7 (psd), 4.10.1, 4.10.2 and 5.2
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.dmarc._facts import NO_OWN_RECORD, Applied, applied
from mailproof.model import DomainFacts, Severity
from mailproof.records.dmarc_text import rewritten


@declare(Severity.WARNING, applied, needs="spf", because_of=NO_OWN_RECORD)
def check(facts: DomainFacts, found: Applied, report: Reporter) -> None:
    if found.record.psd != "y":
        return
    if found.own:
        spf = facts.spf.root.record if facts.spf is not None else None
        if spf is not None and spf.names_someone:
            report(
                f"psd=y at {found.name} says that {facts.domain} is a public suffix: its subdomains are "
                "organizational domains of their own, so their return paths and DKIM signatures don't align "
                f"with mail from {facts.domain}.",
                location=found.at_tag("psd"),
                fix=found.next_step("Remove psd=y.", rewritten(found.record, drop=("psd",))),
            )
        return
    organizational = found.dmarc.walk.organizational_domain
    report(
        f"{facts.domain} has no DMARC record of its own; the public suffix's record at {found.name} applies.",
        location=found.at(),
        evidence=(found.dmarc.reason,),
        fix=decision(
            f"Publish a record of your own at _dmarc.{organizational}, with the policy you want in place of "
            f"the {found.dmarc.policy or 'one'} that applies now."
        ),
    )
