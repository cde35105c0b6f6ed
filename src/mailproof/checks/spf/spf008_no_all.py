"""SPF: neither all nor redirect=

## What it checks
The end of the record, or of the one it redirects to. The rule fires where there is neither `all` nor
`redirect=`. It is an error where the record was cut off after 255 octets.

## Why it matters
Mail from hosts not listed gets `neutral`, as with `?all`: forged mail is not marked.

## How to fix
End the record in `~all`, and in `-all` once all senders are listed.

## Example
Before:

    acme.example. TXT "v=spf1 ip4:192.0.2.10"

After:

    acme.example. TXT "v=spf1 ip4:192.0.2.10 ~all"

## References
- RFC 7208 section 4.7
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.spf._facts import at, policy_of, spf_of
from mailproof.checks.spf._fixes import publish
from mailproof.model import DomainFacts, Severity, SpfNode, SpfRecord
from mailproof.records.spf import parse_spf, read_spf, rest_of


@declare(Severity.WARNING, policy_of, consequence="forged", profiles="in use")
def check(facts: DomainFacts, found: tuple[SpfNode, SpfRecord], report: Reporter) -> None:
    node, record = found
    if record.all_term is not None:
        return
    if rest_of(record, spf_of(facts).other_txt):
        raise NotApplicable("the rest of the SPF record is in another TXT record")
    if not record.valid:
        raise NotApplicable("the SPF record has a syntax error")
    reading = read_spf(record.text)
    if reading is not None and reading.meant and parse_spf(reading.meant).all_term is not None:
        raise NotApplicable("the SPF record has an all, after a missing space")
    why = " It seems to have been cut off after 255 octets." if record.cut else ""
    report(
        f"The SPF record of {node.domain} has neither all nor redirect=, so mail from every other "
        f"host gets neutral.{why}",
        location=at(node),
        fix=publish(facts, node, "End the record in ~all", f"{record.text.strip()} ~all", "decision"),
        severity=Severity.ERROR if record.cut else None,
    )
