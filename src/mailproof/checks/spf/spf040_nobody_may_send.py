"""The record lets nobody send

## What it checks
Whether the domain's SPF record, which is in order, can pass for any host at all, where the domain takes mail,
has a DKIM key or names senders. `v=spf1 -all` alone is not meant: it says on purpose that no mail is sent.

## Why it matters
`v=spf1 ~all`, a record whose senders are all behind `all`, or one whose names have no address allows nobody:
all mail of the domain fails SPF, and where nothing signs it with DKIM it fails DMARC too.

## How to fix
Find out every host and service that sends for the domain, and name them before `all`. If none does, publish
`v=spf1 -all`.

## References
- RFC 7208 section 5.1
- RFC 7208 section 8.5
"""

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, declare
from mailproof.checks.spf._facts import at, record_of, spf_of
from mailproof.model import DomainFacts, Fix, Severity, SpfRecord
from mailproof.records.spf import parse_spf
from mailproof.records.spf.allowed import reach_of

RULE = declare(
    __name__,
    __doc__,
    Severity.ERROR,
    because_of=("SPF004", "SPF013", "SPF014", "SPF016", "SPF029", "SPF032"),
    needs=("dkim", "mx_lookup"),
)


def check(facts: DomainFacts, report: Reporter) -> None:
    """A finding where no host can pass: a warning where what is not listed is neutral."""
    root, record = record_of(facts)
    if not record.valid or closed_on_purpose(record):
        raise NotApplicable("no host is to send" if record.valid else "the record is broken")
    reach = reach_of(root)
    if reach == "unknown":
        raise Undetermined.of(*spf_of(facts).unknown)
    if reach != "nobody":
        return  # someone may, or another rule tells of the permerror
    if not sends(facts):
        raise NotApplicable("nothing says that mail is sent from it")
    end = record.all_term
    report(
        f"The SPF record of {root.domain} allows no host at all to send: {record.text[:80]}",
        location=at(root),
        fix=Fix("Find out every host and service that sends for the domain, and name them before all"),
        severity=None if end is not None and end.qualifier in "-~" else Severity.WARNING,
    )


def closed_on_purpose(record: SpfRecord) -> bool:
    """Whether it is ``v=spf1 -all`` alone, which says that no mail is sent."""
    return record.valid and [term.text.lower() for term in record.terms if term.name != "exp"] == ["-all"]


def sends(facts: DomainFacts) -> bool:
    """Whether something says that mail is sent: the domain takes mail, has a key, or names senders."""
    if any(each.status == "valid" for each in facts.dkim):
        return True
    root = facts.spf.root if facts.spf else None
    named = {term.name for text in (root.records if root else ()) for term in parse_spf(text).terms}
    if named & {"include", "redirect", "exists", "ip4", "ip6"}:  # a and mx are in every template
        return True
    mx = facts.mx_lookup
    return mx is not None and mx.found and any(text.split()[-1] != "." for text in mx.records if text)
