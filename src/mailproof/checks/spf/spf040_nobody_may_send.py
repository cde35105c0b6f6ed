"""SPF: record allows no host

## What it checks
The hosts that the domain's SPF record, if valid, can pass. The rule fires where there are none and the domain
takes mail, has a DKIM key or names senders. `v=spf1 -all` alone is left out: it says on purpose that no mail
is sent.

## Why it matters
`v=spf1 ~all`, a record whose senders all come after `all`, or one whose names have no address allows no host.
All mail from the domain fails SPF, and where nothing signs it with DKIM, it fails DMARC too.

## How to fix
List every host and service that sends for the domain, and name them before `all`. If none does, publish
`v=spf1 -all`.

## Example
Before:

    acme.example. MX  10 mail.acme.example.
    acme.example. TXT "v=spf1 ~all"

After:

    acme.example. MX  10 mail.acme.example.
    acme.example. TXT "v=spf1 mx ~all"

## References
- RFC 7208 section 5.1
- RFC 7208 section 8.5
"""

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, answered, declare
from mailproof.checks.spf._facts import at, record_of, spf_of
from mailproof.model import DomainFacts, Severity, SpfNode, SpfRecord
from mailproof.records.spf import parse_spf
from mailproof.records.spf.allowed import reach_of


@declare(
    Severity.ERROR,
    record_of,
    because_of="SPF002 SPF004 SPF013 SPF014 SPF016 SPF029 SPF032",
    needs="dkim mx_lookup",
)
def check(facts: DomainFacts, found: tuple[SpfNode, SpfRecord], report: Reporter) -> None:
    root, record = found
    if not record.valid or record.closed:
        raise NotApplicable("v=spf1 -all: no mail is sent" if record.valid else "the SPF record has an error")
    reach = reach_of(root)
    if reach == "unknown":
        raise Undetermined.of(*spf_of(facts).unknown)
    if reach != "none":
        return  # some host may, or another rule reports the permerror
    if not sends(facts):
        raise NotApplicable("nothing shows that the domain sends mail")
    end = record.all_term
    report(
        f"The SPF record of {root.domain} allows no host to send: {record.text[:80]}",
        location=at(root),
        fix="Name every host and service that sends for the domain, before all",
        severity=None if end is not None and end.qualifier in "-~" else Severity.WARNING,
    )


def sends(facts: DomainFacts) -> bool:
    """Whether anything indicates that the domain sends mail: it receives mail, has a key, or names senders.

    Raises Undetermined if lookups failed.
    """
    if any(each.status == "valid" for each in facts.dkim):
        return True
    root = facts.spf.root if facts.spf else None
    named = {term.name for text in (root.records if root else ()) for term in parse_spf(text).terms}
    if named & {"include", "redirect", "exists", "ip4", "ip6"}:  # a and mx are in every template
        return True
    answered(facts.mx_lookup)
    mx = facts.mx_lookup
    return mx is not None and mx.found and any(text.split()[-1] != "." for text in mx.records if text)
