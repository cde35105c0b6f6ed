"""Why checkdmarc and mailproof differ: its known faults, each with the section that decides.

Seen in checkdmarc 6.0.4. A note is given only where our own facts show that the fault is met.
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproof.adapters.checkdmarc_run import Said
from mailproof.model import MAX_LOOKUPS, MAX_VOID_LOOKUPS, STATUS_SHORT, DmarcFacts, Lookup, SpfFacts, SpfNode
from mailproof.records.addresses import is_address


def nodes(node: SpfNode) -> Iterator[SpfNode]:
    """A node of the SPF tree and all below it."""
    yield node
    for cost in node.costs:
        if cost.child is not None:
            yield from nodes(cost.child)


def lookup_words(lookup: Lookup) -> str:
    """``TXT acme.example: servfail``."""
    word = lookup.status if lookup.status != "unasked" else STATUS_SHORT["unasked"]
    return f"{lookup.rrtype} {lookup.name}: {word}"


def spf_note(spf: SpfFacts, said: Said, ours: str) -> str:
    """Why it differs about SPF, or what it leaves unsaid; empty where there is nothing to say."""
    notes = (
        _failed_lookup(spf, ours),
        _upper_case(spf, said, ours),
        _not_ascii(spf, said, ours),
        _address_as_name(spf, said, ours),
        _voids(spf, said, ours),
        _count(spf, said),
        _redirect(spf, said),
    )
    return next((note for note in notes if note), "")


def _failed_lookup(spf: SpfFacts, ours: str) -> str:
    if ours != "unknown":
        return ""
    failed = [*spf.unknown, *(node.lookup for node in nodes(spf.root) if node.status == "unknown")]
    named = next((lookup_words(lookup) for lookup in failed if lookup is not None), "a lookup failed")
    return (
        f"{named}. checkdmarc counts a failed lookup as a missing record, or ignores it; a receiver "
        "answers temperror and tries again (RFC 7208 section 2.6.6)"
    )


def _upper_case(spf: SpfFacts, said: Said, ours: str) -> str:
    text = _text(spf)
    if ours != "usable" or said.valid or text == text.lower():
        return ""
    return (
        "checkdmarc treats upper case in a record as a syntax error; names of mechanisms and modifiers are "
        "case-insensitive (RFC 7208 sections 4.6.1 and 12)"
    )


def _not_ascii(spf: SpfFacts, said: Said, ours: str) -> str:
    text = _text(spf)
    if ours == "usable" or not said.valid or text.isascii():
        return ""
    character = next(c for c in text if not c.isascii())
    return (
        f"checkdmarc lets the character U+{ord(character):04X} pass; a record is made of US-ASCII "
        "(RFC 7208 section 3.1), and a receiver answers permerror"
    )


def _address_as_name(spf: SpfFacts, said: Said, ours: str) -> str:
    if ours == "usable" or not said.valid:
        return ""
    for word in _text(spf).split():
        name, _, value = word.lstrip("+-~?").partition(":")
        if name.lower() in ("a", "mx", "include", "exists", "ptr") and is_address(value.split("/")[0]):
            return (
                f"checkdmarc lets {word} pass; an address is not a domain name (RFC 7208 section 7.1), and a "
                f"receiver answers permerror: ip4: or ip6: was meant"
            )
    return ""


def _voids(spf: SpfFacts, said: Said, ours: str) -> str:
    if ours == "usable" or not said.valid or len(spf.void_lookups) <= MAX_VOID_LOOKUPS:
        return ""
    return (
        f"checkdmarc counts {said.result.get('void_dns_lookups')} void lookups where there are "
        f"{len(spf.void_lookups)}: it leaves out those of exists: (RFC 7208 section 4.6.4)"
    )


def _count(spf: SpfFacts, said: Said) -> str:
    theirs = said.result.get("dns_lookups")
    if spf.lookup_count <= MAX_LOOKUPS or theirs is None or theirs == spf.lookup_count:
        return ""
    return (
        f"mailproof counts {spf.lookup_count} lookups, checkdmarc {theirs}: its count "
        "is not reliable past the limit of ten (RFC 7208 section 4.6.4)"
    )


def _redirect(spf: SpfFacts, said: Said) -> str:
    missing = next((n for n in nodes(spf.root) if n.status == "none" and n.depth > 0), None)
    if missing is None or "does not exist" not in said.error or missing.domain in said.error:
        return ""
    return f"checkdmarc does not say which: {missing.domain} has no SPF record"


#: What checkdmarc refuses a whole DMARC record for: a word of its error, our problem, why it is no reason.
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


def _refused(dmarc: DmarcFacts, said: Said) -> str:
    problems = dmarc.record.problems if dmarc.record is not None else ()
    error = said.error.lower()
    for word, codes, why in _REFUSED:
        problem = next((each for each in problems if each.code in codes), None)
        if problem is not None and word in error:
            return f"checkdmarc refuses the whole record ({problem.message}); {why}"
    return ""


def dmarc_note(dmarc: DmarcFacts, said: Said, ours: str) -> str:
    """Why it differs about DMARC; empty where there is nothing to say."""
    if ours == "unknown":
        failed = dmarc.walk.unknown
        named = lookup_words(failed) if failed else "a lookup of the tree walk failed"
        return f"{named}. checkdmarc reports that as a fault of the record; the record is unknown"
    if ours == "usable" and not said.valid:
        if dmarc.exists is False and "does not exist" in said.error:
            return (
                f"checkdmarc stops because {dmarc.domain} does not exist; mail can still claim to be "
                f"from it, and the record of {dmarc.policy_domain} applies (np=, RFC 9989 section 4.7)"
            )
        strays = [text for step in dmarc.walk.steps for text in step.other_txt]
        if strays and "nrelated" in said.error:
            return (
                "checkdmarc treats another TXT record beside the DMARC record as an error; receivers leave "
                f"such records out (RFC 9989 section 4.10): {strays[0][:80]}"
            )
        if dmarc.record is not None and (tag := dmarc.record.tag("fo")) and "fo" in said.error.lower():
            return (
                f"checkdmarc refuses the whole record for fo={tag.value[:20]}; a tag with an unknown value "
                "is ignored and its default applies (RFC 9989 section 4.7)"
            )
        if note := _refused(dmarc, said):
            return note
    if ours == "unusable" and said.valid and dmarc.record is not None and dmarc.record.tag("p") is None:
        return (
            "checkdmarc treats the missing p= as p=none; without a valid rua there is no DMARC at all "
            "(RFC 9989 section 4.10.1)"
        )
    location = said.result.get("location")
    if ours == "usable" and said.valid and location and location != dmarc.policy_domain:
        return (
            f"checkdmarc uses the record of {location}, mailproof that of {dmarc.policy_domain}: without "
            "psd tags the one with the fewest labels decides (RFC 9989 section 4.10.2)"
        )
    if ours == "unusable" and not said.valid and "nrelated" in said.error:
        return (
            "checkdmarc calls every record it cannot recognise unrelated; mailproof's findings name the "
            "characters at fault"
        )
    return ""


def _text(spf: SpfFacts) -> str:
    """The records that an evaluation meets, as one text."""
    return " ".join(text for node in nodes(spf.root) for text in node.records)
