"""Why checkdmarc and mailproof differ: its known faults, each with the RFC section that decides.

Seen in checkdmarc 6.0.4. A note is given only if our own facts show that the record triggers the fault.
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.adapters.checkdmarc_run import CheckdmarcResult
from mailproof.model import MAX_LOOKUPS, MAX_VOID_LOOKUPS, STATUS_SHORT, DmarcFacts, Lookup, SpfFacts, SpfNode
from mailproof.records.addresses import is_address


def nodes(node: SpfNode) -> Iterator[SpfNode]:
    """A node of the SPF tree and its descendants."""
    yield node
    for cost in node.costs:
        if cost.child is not None:
            yield from nodes(cost.child)


def lookup_words(lookup: Lookup) -> str:
    """A lookup in short, like ``TXT acme.example: servfail``."""
    word = lookup.status if lookup.status != "unasked" else STATUS_SHORT["unasked"]
    return f"{lookup.rrtype} {lookup.name}: {word}"


def spf_note(spf: SpfFacts, checked: CheckdmarcResult, ours: str) -> str:
    """Why it differs on SPF, or what it does not report; empty if there is nothing to note."""
    return next(_spf_notes(spf, checked, ours), "")


def _spf_notes(spf: SpfFacts, checked: CheckdmarcResult, ours: str) -> Iterator[str]:
    tree = tuple(nodes(spf.root))
    text = " ".join(text for node in tree for text in node.records)  # everything an evaluation reads
    if ours == "unknown":
        failed = [*spf.unknown, *(node.lookup for node in tree if node.status == "unknown")]
        named = next((lookup_words(lookup) for lookup in failed if lookup is not None), "a lookup failed")
        yield (
            f"{named}. checkdmarc counts a failed lookup as a missing record, or ignores it; a receiver "
            "answers temperror and tries again (RFC 7208 section 2.6.6)"
        )
    if ours == "usable" and not checked.valid and text != text.lower():
        yield (
            "checkdmarc treats upper case in a record as a syntax error; names of mechanisms and modifiers "
            "are case-insensitive (RFC 7208 sections 4.6.1 and 12)"
        )
    if ours != "usable" and checked.valid:
        yield from _let_pass(text)
        if len(spf.void_lookups) > MAX_VOID_LOOKUPS:
            yield (
                f"checkdmarc counts {checked.result.get('void_dns_lookups')} void lookups where there are "
                f"{len(spf.void_lookups)}: it leaves out those of exists: (RFC 7208 section 4.6.4)"
            )
    theirs = checked.result.get("dns_lookups")
    if spf.lookup_count > MAX_LOOKUPS and theirs not in (None, spf.lookup_count):
        yield (
            f"mailproof counts {spf.lookup_count} lookups, checkdmarc {theirs}: its count "
            "is not reliable past the limit of ten (RFC 7208 section 4.6.4)"
        )
    missing = next((node for node in tree if node.status == "none" and node.depth > 0), None)
    if missing is not None and "does not exist" in checked.error and missing.domain not in checked.error:
        yield f"checkdmarc does not say which: {missing.domain} has no SPF record"


def _let_pass(text: str) -> Iterator[str]:
    """Faults for which a receiver returns permerror, but which checkdmarc accepts."""
    if not text.isascii():
        character = next(c for c in text if not c.isascii())
        yield (
            f"checkdmarc lets the character U+{ord(character):04X} pass; a record is made of US-ASCII "
            "(RFC 7208 section 3.1), and a receiver answers permerror"
        )
    for word in text.split():
        name, _, value = word.lstrip("+-~?").partition(":")
        if name.lower() in ("a", "mx", "include", "exists", "ptr") and is_address(value.split("/")[0]):
            yield (
                f"checkdmarc lets {word} pass; an address is not a domain name (RFC 7208 section 7.1), and a "
                f"receiver answers permerror: ip4: or ip6: was meant"
            )


#: Reasons why checkdmarc rejects a whole DMARC record: a word of its error, our problem codes, and why
#: receivers don't reject it.
_REFUSED = (
    (
        "following values",
        ("invalid-subdomain-policy", "invalid-nonexistent-policy"),
        "with a valid rua, receivers apply p=none to all of it, and the reports still come (RFC 9989 section "
        "4.10.1)",
    ),
    (
        "following values",
        ("invalid-alignment", "invalid-psd", "invalid-test"),
        "a known tag with an unknown value is ignored and its default applies (RFC 9989 section 4.7)",
    ),
    (
        "expected",
        ("empty-tag", "no-equals", "bad-name"),
        "receivers drop the part that cannot be read and keep the rest (RFC 9989 section 4.8)",
    ),
    (
        "duplicate",
        ("duplicate-tag",),
        "RFC 6376 section 3.2 says so too, but receivers differ: mailproof takes the first and reports it "
        "(DMARC010)",
    ),
    (
        "report uri",
        ("bad-uri",),
        "receivers leave out a destination that they cannot read, and apply the policy (RFC 9989 section "
        "4.7)",
    ),
)


def dmarc_note(dmarc: DmarcFacts, checked: CheckdmarcResult, ours: str) -> str:
    """Why it differs on DMARC; empty if there is nothing to note."""
    if ours == "unknown":
        failed = dmarc.walk.unknown
        named = lookup_words(failed) if failed else "a lookup of the tree walk failed"
        return f"{named}. checkdmarc reports that as a fault of the record; the record is unknown"
    if ours == "usable" and not checked.valid:
        if dmarc.exists is False and "does not exist" in checked.error:
            return (
                f"checkdmarc stops because {dmarc.domain} does not exist; mail can still claim to be "
                f"from it, and the record of {dmarc.policy_domain} applies (np=, RFC 9989 section 4.7)"
            )
        strays = [text for step in dmarc.walk.steps for text in step.other_txt]
        if strays and "nrelated" in checked.error:
            return (
                "checkdmarc treats another TXT record beside the DMARC record as an error; receivers leave "
                f"such records out (RFC 9989 section 4.10): {strays[0][:80]}"
            )
        if dmarc.record is not None and (tag := dmarc.record.tag("fo")) and "fo" in checked.error.lower():
            return (
                f"checkdmarc refuses the whole record for fo={tag.value[:20]}; a tag with an unknown value "
                "is ignored and its default applies (RFC 9989 section 4.7)"
            )
        problems = dmarc.record.problems if dmarc.record is not None else ()
        for word, codes, why in _REFUSED:
            problem = next((each for each in problems if each.code in codes), None)
            if problem is not None and word in checked.error.lower():
                return f"checkdmarc refuses the whole record ({problem.message}); {why}"
    if ours == "unusable" and checked.valid and dmarc.record is not None and dmarc.record.tag("p") is None:
        return (
            "checkdmarc treats the missing p= as p=none; without a valid rua there is no DMARC at all "
            "(RFC 9989 section 4.10.1)"
        )
    location = checked.result.get("location")
    if ours == "usable" and checked.valid and location and location != dmarc.policy_domain:
        return (
            f"checkdmarc uses the record of {location}, mailproof that of {dmarc.policy_domain}: without "
            "psd tags the one with the fewest labels decides (RFC 9989 section 4.10.2)"
        )
    if ours == "unusable" and not checked.valid and "nrelated" in checked.error:
        return (
            "checkdmarc calls every record it cannot recognise unrelated; mailproof's findings name the "
            "characters at fault"
        )
    return ""
