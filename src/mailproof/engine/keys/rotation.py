"""The rotation of a DKIM key: which step may be taken on which day, and which ones are taken."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta

from dns.rdtypes.ANY.SOA import SOA
from msgspec import Struct

from mailproof.dns import Resolver
from mailproof.engine.keys.check import is_pair
from mailproof.facts.dkim import collect_dkim
from mailproof.facts.zones import zone_of
from mailproof.model import DkimSelectorFacts
from mailproof.model.findings import FixRecord
from mailproof.model.keys import PrivateKeyFacts, Rotation, RotationStep, StepState

#: RFC 5321 section 4.5.4.1: senders go on for 4 to 5 days; two more for what is forwarded or fetched late.
KEPT_DAYS = 7
#: How long p= is left empty, so that whoever meets an old signature reads "revoked".
REVOKED_DAYS = 30
_DAY = 86_400
#: RFC 2308 section 5: resolvers remember for at most 1 to 3 hours, some for a day, that a name is not there.
_LONGEST_WAIT = 7 * _DAY


class Seen(Struct, frozen=True):
    """What was given beside the DNS. ``signed_with``: a recent message's selectors for the domain, None for
    no message; ``configured``: those of mailproof.toml, None where it does not name the domain."""

    private: PrivateKeyFacts | None = None
    signed_with: frozenset[str] | None = None
    configured: frozenset[str] | None = None


class _State(Struct, frozen=True):
    """What the DNS says of both, and the days on which the steps may be taken."""

    old: DkimSelectorFacts
    new: DkimSelectorFacts
    today: date
    sign: date
    revoke: date
    remove: date
    seen: Seen

    @property
    def new_works(self) -> bool:
        """Whether mail may be signed with the new key."""
        private = self.seen.private
        return self.new.status == "valid" and (private is None or is_pair(self.new, private))

    @property
    def signs_new(self) -> bool | None:
        """Whether a message shows that the new key signs; None where none was given."""
        signed = self.seen.signed_with
        return None if signed is None else self.new.selector in signed


async def plan_rotation(
    domain: str, old: str, new: str, resolver: Resolver, *, start: date, today: date, seen: Seen
) -> Rotation:
    """The steps from one selector to the other, and where they are (``domain`` in A-labels).

    The wait between publishing and signing is the zone's negative TTL (RFC 2308), at least a day: so long a
    resolver may remember that the new name was not there.
    """
    (facts, _), (zone, _) = await asyncio.gather(
        collect_dkim(domain, resolver, ((old, "given"), (new, "given")), discover=False),
        zone_of(domain, resolver),
    )
    soa = (await resolver.query(zone, "SOA")).records if zone else ()
    wait = max((min(each.minimum, _LONGEST_WAIT) for each in soa if isinstance(each, SOA)), default=_DAY)
    published = facts[1].status == "valid"
    sign = (start if published else max(start, today)) + timedelta(days=max(1, -(-wait // _DAY)))
    revoke = sign + timedelta(days=KEPT_DAYS)
    state = _State(facts[0], facts[1], today, sign, revoke, revoke + timedelta(days=REVOKED_DAYS), seen)
    return Rotation(domain, facts[0].selector, facts[1].selector, today, tuple(_steps(state, start)))


def _steps(state: _State, start: date) -> Iterator[RotationStep]:
    yield _publish(state, start)
    yield _sign(state)
    if state.seen.configured is not None:
        yield _config(state)
    yield _keep(state)
    yield _revoke(state)
    yield _remove(state)


def _when(state: _State, day: date) -> StepState:
    return "due" if state.today >= day else "later"


def _publish(state: _State, start: date) -> RotationStep:
    new, private = state.new, state.seen.private
    title = f"Publish the new key at {new.name}"
    if state.new_works:
        detail = "published and valid" if private is None else "published, and it is the private key's"
        return RotationStep("publish", title, start, "done", detail)
    if new.status == "unknown":
        return RotationStep("publish", title, start, "unknown", new.reason)
    if new.status == "absent":
        records = (FixRecord(new.name, "TXT", private.record),) if private is not None else ()
        detail = "" if records else "make a pair with: mailproof key new"
        return RotationStep("publish", title, start, _when(state, start), detail, records)
    if new.status == "valid":
        return RotationStep(
            "publish", title, start, "wrong", "another key is published there: what this one signs fails"
        )
    return RotationStep("publish", title, start, "wrong", new.reason)


def _sign(state: _State) -> RotationStep:
    title = f"Let the server sign with {state.new.selector}"
    if state.signs_new:
        if state.new_works:
            return RotationStep("sign", title, state.sign, "done", "the message is signed with it")
        if state.new.status == "unknown":
            return RotationStep("sign", title, state.sign, "unknown", state.new.reason)
        detail = "the message is signed with it, but no verifier can use the published key: sign with the old"
        return RotationStep("sign", title, state.sign, "wrong", detail)
    if not state.new_works:
        detail = "not before the new key is published and valid"
        return RotationStep("sign", title, state.sign, "later", detail)
    if state.signs_new is None:
        detail = "give a message received lately to see it: --message FILE"
        return RotationStep("sign", title, state.sign, "unseen", detail)
    signed = ", ".join(sorted(state.seen.signed_with or ())) or "no selector of this domain"
    return RotationStep("sign", title, state.sign, _when(state, state.sign), f"the message has {signed}")


def _config(state: _State) -> RotationStep:
    title = f"Name {state.new.selector} in mailproof.toml"
    if state.new.selector in (state.seen.configured or ()):
        return RotationStep("config", title, state.sign, "done", "")
    return RotationStep("config", title, state.sign, _when(state, state.sign), "selectors of [[domains]]")


def _keep(state: _State) -> RotationStep:
    """Mail under way, and mail not yet read, is signed with the old key."""
    old, title = state.old, f"Leave {state.old.name} as it is until {state.revoke.isoformat()}"
    if old.status == "unknown":
        return RotationStep("keep", title, state.sign, "unknown", old.reason)
    if state.today >= state.revoke:
        return RotationStep("keep", title, state.sign, "done", "")
    if old.status == "valid":
        return RotationStep("keep", title, state.sign, "done", "still valid")
    gone = {"absent": "it is no longer there", "revoked": "it is revoked"}.get(old.status, old.reason)
    return RotationStep("keep", title, state.sign, "wrong", f"{gone}: mail that it signed fails DKIM")


def _revoke(state: _State) -> RotationStep:
    old, title = state.old, f"Revoke {state.old.name}, {KEPT_DAYS} days after the last message it signed"
    if old.status in ("revoked", "absent"):
        return RotationStep("revoke", title, state.revoke, "done", "")
    if old.status == "unknown":
        return RotationStep("revoke", title, state.revoke, "unknown", old.reason)
    if not state.new_works:
        detail = "not before the new key is published and valid"
        return RotationStep("revoke", title, state.revoke, "later", detail)
    if not state.signs_new:
        detail = "not before a message shows that the server signs with the new key: --message FILE"
        word: StepState = "later" if state.today < state.revoke else "unseen"
        return RotationStep("revoke", title, state.revoke, word, detail)
    kind = old.record.key_type if old.record is not None else "rsa"
    records = (FixRecord(old.name, "TXT", f"v=DKIM1; k={kind}; p="),)
    return RotationStep("revoke", title, state.revoke, _when(state, state.revoke), "", records)


def _remove(state: _State) -> RotationStep:
    old, title = state.old, f"Remove {state.old.name}"
    if old.status == "absent":
        return RotationStep("remove", title, state.remove, "done", "")
    if old.status == "unknown":
        return RotationStep("remove", title, state.remove, "unknown", old.reason)
    ready = old.status == "revoked"
    word = _when(state, state.remove) if ready else "later"
    return RotationStep("remove", title, state.remove, word, "")
