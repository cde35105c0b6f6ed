"""DMARC: TXT record at _dmarc is not a DMARC record

## What it checks
TXT records at `_dmarc.<domain>` that are not DMARC records and were not meant as such. A record that is
just a host name was meant as a CNAME, as DMARC services ask for; one of nothing but tags (`rua=mailto:…`) is
the rest of the record beside it.

## Why it matters
Receivers ignore them. Most are harmless: leftovers, or answers of a wildcard. But a host name in a TXT
record takes no receiver to the record at that host, and tags in a record of their own do nothing: receivers
don't join records.

## How to fix
Replace a host name by a CNAME to it, and put tags into the one DMARC record. Remove other records if nothing
needs them.

## Example
Before:

    _dmarc.acme.example. TXT "acme.dmarc-service.example"
    acme.dmarc-service.example. TXT "v=DMARC1; p=reject"

After:

    _dmarc.acme.example. CNAME acme.dmarc-service.example.
    acme.dmarc-service.example. TXT "v=DMARC1; p=reject"

## References
- RFC 9989 section 4.10 step 2
"""

from mailproof.checks.base import Reporter, declare, improvement
from mailproof.checks.dmarc._facts import continued, own_step, walked
from mailproof.checks.mistaken import as_alias
from mailproof.checks.publishing import replaced
from mailproof.model import DmarcStep, DomainFacts, Location, Severity
from mailproof.records.dmarc import policy_warning
from mailproof.records.dmarc_text import near_miss
from mailproof.records.misplaced import alias_target


@declare(Severity.INFO, own_step, needs="misplaced")
def check(facts: DomainFacts, own: DmarcStep, report: Reporter) -> None:
    applies = walked(facts).record is not None
    elsewhere = {(each.name, each.text) for each in facts.misplaced.records} if facts.misplaced else set()
    for text in own.other_txt[:10]:
        name = own.lookup.name
        whole = continued(own, text)
        if own.lookup.chain or (near_miss(text) and not whole) or (name, text) in elsewhere:
            continue  # an alias is DMARC023's
        wildcard = " (an SPF record, which may come from a wildcard)" if text.startswith("v=spf1") else ""
        message = f"{name} has a TXT record that is not a DMARC record{wildcard}: {text[:60]!r}."
        fix = None if wildcard else improvement("Remove it if nothing needs it.")
        severity = Severity.INFO
        if target := alias_target(text):
            message = f"The TXT record at {name} has the host name {target}, which belongs in a CNAME record."
            fix = as_alias(own.lookup, target)
            severity = Severity.INFO if own.records else Severity.WARNING if applies else Severity.ERROR
        elif whole:
            message = f"{name} has a TXT record with the rest of the DMARC record beside it: {text[:60]!r}."
            summary = f"Publish one record with all tags.{policy_warning(whole)}"
            fix = replaced(own.lookup, facts.domain, summary, (own.records[0], text), whole)
            severity = Severity.WARNING if own.record is not None and own.record.valid else Severity.ERROR
        report(message, location=Location(name, "TXT", text, 0, len(text)), fix=fix, severity=severity)
