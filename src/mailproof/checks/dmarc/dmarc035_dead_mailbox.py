"""Reports go to a domain that takes no mail

## What it checks
Whether the domain of each `rua` and `ruf` mailto address can take mail: it exists and has an MX that is not
the null MX, or an address.

## Why it matters
The reports cannot be delivered. You learn nothing of who sends in your name, and nobody notices.

## How to fix
Name a mailbox that exists, or let its domain take mail.

## References
- RFC 9989 section 4.7
- RFC 5321 section 5.1
- RFC 7505
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.checks.base import Undetermined, report
from mailproof.checks.dmarc._facts import Applied, applied
from mailproof.model import DmarcUri, DomainFacts, Finding, Lookup, Rule, Severity
from mailproof.records.dmarc_text import rewritten

RULE = Rule(
    "DMARC035",
    "Reports go to a domain that takes no mail",
    Severity.WARNING,
    "dmarc",
    ("RFC 9989 section 4.7", "RFC 5321 section 5.1", "RFC 7505"),
)


def check(facts: DomainFacts) -> Iterator[Finding]:
    """Yield a finding for each mailbox whose domain takes no mail; one record mends all of them."""
    found = applied(facts)
    unknown = ""
    for each in found.dmarc.destinations:
        if each.mail is None:
            continue
        if each.takes_mail is None:
            unknown = unknown or each.mail.describe()
        if each.takes_mail is not False:
            continue
        uris = found.record.rua if each.tag == "rua" else found.record.ruf
        uri = next((uri for uri in uris if uri.text == each.uri), None)
        yield report(
            RULE,
            facts.domain,
            f"Reports to {each.uri} cannot be delivered: {each.domain} {_why(each.mail)}.",
            location=found.at(uri.start, uri.end) if uri else found.at_tag(each.tag),
            evidence=(each.mail.describe(), *each.mail.records[:3]),
            fix=found.publish("Name a mailbox that exists.", _mended(found)),
        )
    if unknown:
        raise Undetermined(unknown)


def _why(lookup: Lookup) -> str:
    if lookup.found:
        return "declares with a null MX that it takes no mail"
    return "does not exist" if lookup.status == "nxdomain" else "has neither an MX nor an address"


def _mended(found: Applied) -> str:
    """The record without the dead addresses; where no rua is left, with one at the policy's domain."""
    dead = {each.domain for each in found.dmarc.destinations if each.takes_mail is False}
    gone = {(each.tag, each.uri) for each in found.dmarc.destinations if each.takes_mail is False}
    own = found.dmarc.policy_domain

    def kept(tag: str, uris: tuple[DmarcUri, ...]) -> str:
        left = ",".join(uri.text for uri in uris if (tag, uri.text) not in gone)
        return left or (f"mailto:dmarc@{own}" if tag == "rua" and own not in dead else "")

    lists = {"rua": found.record.rua, "ruf": found.record.ruf}
    texts = {tag: kept(tag, uris) for tag, uris in lists.items() if any((tag, u.text) in gone for u in uris)}
    put = tuple((tag, text) for tag, text in texts.items() if text)
    drop = [tag for tag, text in texts.items() if not text]
    return rewritten(found.record, put=put, drop=[*drop, "fo"] if "ruf" in drop else drop)
