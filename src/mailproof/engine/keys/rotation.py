"""The rotation of a DKIM key: the day on which each step is safe, and its current state."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct

from mailproof.dns import Resolver
from mailproof.dns.records import negative_ttl
from mailproof.engine.keys.check import is_pair
from mailproof.facts.dkim import collect_dkim
from mailproof.facts.zones import zone_of
from mailproof.model import DkimSelectorFacts
from mailproof.model.findings import FixRecord
from mailproof.model.keys import PrivateKeyFacts, Rotation, RotationStep, StepState

#: RFC 5321 section 4.5.4.1: senders retry for 4 to 5 days; two more for mail forwarded or fetched late.
KEPT_DAYS = 7
#: How long p= is left empty, so that verifiers of old signatures see "revoked".
REVOKED_DAYS = 30
_DAY = 86_400
_NOT_BEFORE = "not before the new key is published and valid"
#: RFC 2308 section 5: resolvers cache a negative answer for at most 1 to 3 hours, some for a day.
_LONGEST_WAIT = 7 * _DAY


class Evidence(Struct, frozen=True):
    """Input besides the DNS. ``signed_with``: a recent message's selectors for the domain, None without a
    message; ``configured``: those in mailproof.toml, None if it does not name the domain."""

    private: PrivateKeyFacts | None = None
    signed_with: frozenset[str] | None = None
    configured: frozenset[str] | None = None


class _State(Struct, frozen=True):
    """Both published keys, and the days on which the steps may be taken."""

    old: DkimSelectorFacts
    new: DkimSelectorFacts
    today: date
    sign: date
    revoke: date
    remove: date
    evidence: Evidence

    @property
    def new_works(self) -> bool:
        """Whether mail may be signed with the new key."""
        private = self.evidence.private
        return self.new.status == "valid" and (private is None or is_pair(self.new, private))

    @property
    def signs_new(self) -> bool | None:
        """Whether the message is signed with the new key; None without a message."""
        signed = self.evidence.signed_with
        return None if signed is None else self.new.selector in signed

    def when(self, day: date, then: StepState = "due") -> StepState:
        """The state of a step that may be taken from this day on."""
        return then if self.today >= day else "later"


async def plan_rotation(
    domain: str, old: str, new: str, resolver: Resolver, *, start: date, today: date, evidence: Evidence
) -> Rotation:
    """The steps from one selector to the other, and their states (``domain`` in A-labels).

    The wait between publishing and signing is the zone's negative TTL (RFC 2308), at least a day: for that
    long, a resolver may cache that the new name does not exist.
    """
    (facts, _), (zone, _) = await asyncio.gather(
        collect_dkim(domain, resolver, ((old, "given"), (new, "given")), discover=False),
        zone_of(domain, resolver),
    )
    soa = (await resolver.query(zone, "SOA")).records if zone else ()
    wait = max((min(negative_ttl(each), _LONGEST_WAIT) for each in soa), default=_DAY)
    published = facts[1].status == "valid"
    sign = (start if published else max(start, today)) + timedelta(days=max(1, -(-wait // _DAY)))
    revoke = sign + timedelta(days=KEPT_DAYS)
    state = _State(facts[0], facts[1], today, sign, revoke, revoke + timedelta(days=REVOKED_DAYS), evidence)
    return Rotation(domain, facts[0].selector, facts[1].selector, today, tuple(_steps(state, start)))


#: The state of a step, a sentence about it, and the records to publish.
_Found = tuple[StepState, str] | tuple[StepState, str, tuple[FixRecord, ...]]


def _steps(state: _State, start: date) -> Iterator[RotationStep]:
    old, new = state.old.name, state.new
    yield RotationStep("publish", f"Publish the new key at {new.name}", start, *_publish(state, start))
    yield RotationStep("sign", f"Let the server sign with {new.selector}", state.sign, *_sign(state))
    if state.evidence.configured is not None:
        named = new.selector in state.evidence.configured
        found: _Found = ("done", "") if named else (state.when(state.sign), "selectors of [[domains]]")
        yield RotationStep("config", f"Name {new.selector} in mailproof.toml", state.sign, *found)
    until = f"Leave {old} as it is until {state.revoke.isoformat()}"
    yield RotationStep("keep", until, state.sign, *_keep(state))
    revoke = f"Revoke {old}, {KEPT_DAYS} days after the last message it signed"
    yield RotationStep("revoke", revoke, state.revoke, *_revoke(state))
    yield RotationStep("remove", f"Remove {old}", state.remove, *_remove(state))


def _publish(state: _State, start: date) -> _Found:
    new, private = state.new, state.evidence.private
    if state.new_works:
        return "done", "published and valid" if private is None else "published, and it is the private key's"
    if new.status == "unknown":
        return "unknown", new.reason
    if new.status == "absent":
        if private is None:
            return state.when(start), "make a pair with: mailproof key new"
        return state.when(start), "", (FixRecord(new.name, "TXT", private.record),)
    if new.status == "valid":
        return "wrong", "another key is published there: what this one signs fails"
    return "wrong", new.reason


def _sign(state: _State) -> _Found:
    if state.signs_new:
        if state.new_works:
            return "done", "the message is signed with it"
        if state.new.status == "unknown":
            return "unknown", state.new.reason
        why = "the message is signed with it, but no verifier can use the published key: sign with the old"
        return "wrong", why
    if not state.new_works:
        return "later", _NOT_BEFORE
    if state.signs_new is None:
        words = "give a message received lately to see it: --message FILE"
        return state.when(state.sign, "unseen"), words
    signed = ", ".join(sorted(state.evidence.signed_with or ())) or "no selector of this domain"
    return state.when(state.sign), f"the message has {signed}"


def _keep(state: _State) -> _Found:
    """The old key is still needed for mail in transit and for mail not yet read."""
    old = state.old
    if old.status == "unknown":
        return "unknown", old.reason
    over = state.today >= state.revoke and state.signs_new is not False
    if old.status == "valid":
        return ("done" if over and state.signs_new else "kept"), "still valid"
    if over:
        return "done", ""
    gone = {"absent": "it is no longer there", "revoked": "it is revoked"}.get(old.status, old.reason)
    return "wrong", f"{gone}: mail that it signed fails DKIM"


def _revoke(state: _State) -> _Found:
    old = state.old
    if old.status in ("revoked", "absent"):
        return "done", ""
    if old.status == "unknown":
        return "unknown", old.reason
    if not state.new_works:
        return "later", _NOT_BEFORE
    if not state.signs_new:
        words = "not before a message shows that the server signs with the new key: --message FILE"
        return state.when(state.revoke, "unseen"), words
    kind = old.record.key_type if old.record is not None else "rsa"
    return state.when(state.revoke), "", (FixRecord(old.name, "TXT", f"v=DKIM1; k={kind}; p="),)


def _remove(state: _State) -> _Found:
    if state.old.status == "absent":
        return "done", ""
    if state.old.status == "unknown":
        return "unknown", state.old.reason
    return (state.when(state.remove) if state.old.status == "revoked" else "later"), ""
