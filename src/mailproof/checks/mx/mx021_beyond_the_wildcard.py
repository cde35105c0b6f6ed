"""MX: wildcard doesn't cover the domain

## What it checks
The MX and SPF records of the domain and of the wildcard beside it (`*.acme.example` for `news.acme.example`).
The rule fires where the domain has no such record of its own, and the wildcard gives one to every other name.

## Why it matters
A wildcard answers only for names that don't exist. A name exists as soon as it has any record, or a name
below it has one: a DMARC record at `_dmarc.news.acme.example` is enough to take the MX and SPF of
`*.acme.example` away from `news.acme.example`. Mail to it bounces, although its MX was never changed.

## How to fix
Publish the MX and SPF records at the name itself.

## Example
Before:

    *.acme.example.           MX  10 mail.acme.example.
    _dmarc.news.acme.example. TXT "v=DMARC1; p=none"

After:

    *.acme.example.           MX  10 mail.acme.example.
    _dmarc.news.acme.example. TXT "v=DMARC1; p=none"
    news.acme.example.        MX  10 mail.acme.example.

## References
- RFC 4592 section 2.2.2
- RFC 4592 section 3.3.1
- RFC 5321 section 5.1
"""

from mailproof.checks.base import Reporter, decision, declare
from mailproof.checks.mx._facts import hosts
from mailproof.model import DomainFacts, Fix, FixRecord, Location, MxHostFacts, Severity
from mailproof.records.spf import is_spf


@declare(Severity.WARNING, hosts, needs="spf wildcard_beside", profiles="all")
def check(facts: DomainFacts, found: tuple[MxHostFacts, ...], report: Reporter) -> None:
    mx, spf = _missing(facts, "MX"), _missing(facts, "TXT")
    if not mx and not spf:
        return
    wildcard = f"*.{facts.domain.partition('.')[2]}"
    lacks = " and ".join(what for what, there in (("no MX", mx), ("no SPF record", spf)) if there)
    lost = bool(mx) and not any(host.addresses for host in found)
    report(
        f"{facts.domain} has {lacks}, because {_why(facts)}: {wildcard} answers only for names "
        "that do not exist.",
        location=Location(wildcard, "MX" if mx else "TXT", (mx or spf)[0]),
        evidence=(*(f"{wildcard} MX {text}" for text in mx), *(f"{wildcard} TXT {text}" for text in spf)),
        fix=_fix(facts, wildcard, mx, spf),
        severity=Severity.ERROR if lost else Severity.INFO if mx and not spf else None,
    )


def _fix(facts: DomainFacts, wildcard: str, mx: tuple[str, ...], spf: tuple[str, ...]) -> Fix:
    """Publish the wildcard's records, except an SPF record that allows no host, since the name may send."""
    records = [FixRecord(facts.domain, "MX", f"{text.removesuffix('.')}.") for text in mx]
    records += [FixRecord(facts.domain, "TXT", text) for text in spf if text.split()[1:] != ["-all"]]
    if target := next((each.chain[0] for each in facts.wildcard_beside if each.chain), ""):
        summary = (
            f"Publish the CNAME of {wildcard} (to {target}) at {facts.domain} too, if it is meant for it"
        )
        return decision(summary)
    summary = f"Publish the records of {wildcard} at {facts.domain} too, if they are meant for it"
    return decision(summary, *tuple(records))


def _missing(facts: DomainFacts, rrtype: str) -> tuple[str, ...]:
    """The wildcard's records of a type that the domain lacks; of TXT only the SPF record."""
    lookup = next((each for each in facts.wildcard_beside if each.rrtype == rrtype), None)
    if lookup is None:
        return ()
    if rrtype == "MX":
        own = facts.mx_lookup
        return tuple(text for text in lookup.records if own is not None and own.absent)
    none = facts.spf is not None and facts.spf.root.status == "none"
    return tuple(text for text in lookup.records if none and is_spf(text))[:1]


def _why(facts: DomainFacts) -> str:
    """Why the name exists, as far as lookups show."""
    found = [each for each in facts.lookups if each.found and not each.chain]
    below = next((each for each in found if each.name.endswith(f".{facts.domain}")), None)
    own = next((each for each in found if each.name == facts.domain), None)
    if own is not None:
        return f"it has {'an' if own.rrtype[0] in 'AMN' else 'a'} {own.rrtype} record of its own"
    return f"{below.name} exists" if below is not None else "it exists"
