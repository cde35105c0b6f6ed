"""sp or np on a subdomain's record has no effect

## What it checks
Whether a domain that is not an organizational domain has `sp` or `np` in its own record.

## Why it matters
Policy for names below comes from the organizational domain's record; `sp` and `np` further down are
ignored.

## How to fix
Take them out, or make the name an organizational domain of its own with `psd=n`.

## References
- RFC 9989 section 4.7 (sp, np)
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import applied, known_walk
from mailproof.model import DomainFacts, Severity
from mailproof.records.dmarc_text import rewritten

RULE = declare(__name__, __doc__, Severity.INFO)


def check(facts: DomainFacts, report: Reporter) -> None:
    found = applied(facts)
    if not found.own:
        return
    written = [name for name in ("sp", "np") if found.record.tag(name)]
    if not written:
        return
    known_walk(found.dmarc)
    organizational = found.dmarc.walk.organizational_domain
    if organizational == facts.domain:
        return
    for name in written:
        report(
            f"{name}= at {found.name} has no effect: names below {facts.domain} take their policy from "
            f"_dmarc.{organizational}.",
            location=found.at_tag(name),
            fix=found.next_step(f"Leave {name}= out.", rewritten(found.record, drop=written)),
        )
