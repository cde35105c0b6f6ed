"""Whether a private key and the published key are one pair."""

from __future__ import annotations

from mailproof.dns import Resolver
from mailproof.facts.dkim import collect_dkim
from mailproof.model import DkimSelectorFacts
from mailproof.model.findings import FixRecord
from mailproof.model.keys import KeyCheck, KeyMatch, KeyState, PrivateKeyFacts
from mailproof.records.der import parse_public_key
from mailproof.records.dkim_key import MIN_BITS, public_key_octets
from mailproof.records.dkim_material import decode


async def check_key(
    domain: str,
    resolver: Resolver,
    private: PrivateKeyFacts | None = None,
    selectors: tuple[str, ...] = (),
    *,
    all_selectors: bool = False,
) -> KeyCheck:
    """Compare a private key with a domain's published keys (``domain`` in A-labels).

    Without ``selectors`` the usual ones are looked up, as in an audit. Never raises for DNS failures.
    """
    given = tuple((each, "given") for each in selectors)
    facts, discovery = await collect_dkim(
        domain, resolver, given, discover=not selectors, all_selectors=all_selectors
    )
    matches = tuple(KeyMatch(each.selector, each.name, *_state(each, private), each) for each in facts)
    domainkey = discovery.domainkey
    failed = domainkey if domainkey.undetermined and not selectors else None
    found = KeyCheck(domain, private, matches, failed=failed)
    # Don't suggest replacing another key: we don't know which of the two the server signs with.
    lacking = [each for each in matches if each.state == "missing"]
    if private is None or found.good or len(selectors) != 1 or not lacking:
        return found
    if private.kind == "rsa" and private.bits < MIN_BITS:
        return found
    return KeyCheck(domain, private, matches, FixRecord(lacking[0].name, "TXT", private.record))


def _state(facts: DkimSelectorFacts, private: PrivateKeyFacts | None) -> tuple[KeyState, str]:
    if facts.status == "unknown":
        return "unknown", facts.reason
    if facts.status == "absent":
        return "missing", facts.reason or "no key is published there"
    if facts.status == "revoked":
        return "revoked", facts.reason
    if private is None:
        return ("published", "") if facts.status == "valid" else ("invalid", facts.reason)
    same = is_pair(facts, private)
    if facts.status == "invalid":
        other = "it is the right key, but " if same else ""
        return "invalid", f"{other}{facts.reason}"
    if same:
        return "match", ""
    kind = facts.record.key_type if facts.record is not None else ""
    if kind and kind != private.kind:
        return "differs", f"the published key is {kind}, the private key is {private.kind}"
    return "differs", "another key is published: what this key signs fails"


def is_pair(facts: DkimSelectorFacts, private: PrivateKeyFacts) -> bool:
    """Whether the published key belongs to the private key, however either is encoded."""
    if facts.record is None:
        return False
    published, own = public_key_octets(facts.record), decode(private.public) or b""
    if private.kind == "ed25519":
        return published == own
    theirs, ours = parse_public_key(published), parse_public_key(own)
    if theirs is None or ours is None or not theirs.modulus:
        return False
    return (theirs.modulus, theirs.exponent) == (ours.modulus, ours.exponent)
