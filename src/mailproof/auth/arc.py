"""The ARC chain of a message, verified set by set (RFC 8617 section 5.2).

The codes of a verdict (``ArcVerdict.code``): ``none``, ``pass``; ``structure`` (sets that are incomplete,
duplicate, numbered with gaps, more than 50, or with unusable fields), ``reported-fail`` (a sealer wrote
``cv=fail``), ``chain-validation`` (a ``cv`` that is invalid at its position), ``message-signature`` (the
newest ARC-Message-Signature does not verify), ``seal`` (an ARC-Seal does not verify), ``key-lookup-failed``,
``key-replaced`` and ``changed-since`` (since the receiver verified or extended the chain).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct, field

from mailproof.auth.keys import Key, fetch_keys, refuse_key, refuse_signature
from mailproof.auth.since import REPLACED, another_signed, is_gone
from mailproof.dns import Resolver
from mailproof.message.canonical import canonical_fields, header_data, own_field
from mailproof.message.crypto import UnusableKey, signature_holds
from mailproof.message.forensics import CHANGED
from mailproof.message.reader import ArcField, Message
from mailproof.model import ArcSet, ArcVerdict, AuthResult
from mailproof.records.dkim_signature import DkimSignature

MAX_SETS = 50
_RESULTS = "arc-authentication-results"
_SIGNATURE = "arc-message-signature"
_SEAL = "arc-seal"
_SEALED_ORDER = (_RESULTS, _SIGNATURE, _SEAL)


class _Set(Struct):
    """One set during verification. The flags are None until verified, or if a key lookup failed."""

    instance: int
    fields: dict[str, list[ArcField]] = field(default_factory=dict)
    signature: DkimSignature | None = None
    seal: DkimSignature | None = None
    signature_valid: bool | None = None
    seal_valid: bool | None = None
    unknown: str = ""
    replaced: bool = False
    changed: bool = False
    reasons: list[str] = field(default_factory=list)


async def verify_arc(message: Message, resolver: Resolver, *, vouched: bool = False) -> ArcVerdict:
    """Verify the ARC chain: ``none``, ``pass``, ``fail``, or ``temperror`` if a key lookup failed.

    Every set is verified, even after the chain has failed, to find who broke it. Time is irrelevant: an ARC
    set does not expire. ``vouched``: the receiver verified or extended the chain, so a key that is missing
    now was published on arrival.
    """
    sets = _collect(message)
    fault = next(_faults(message, sets), "")
    if not sets and not fault:
        return ArcVerdict("none", reason="the message has no ARC set", code="none")
    ordered = [sets[instance] for instance in sorted(sets)][:MAX_SETS]
    signatures = [s for each in ordered for s in (each.signature, each.seal) if s]
    keys = await fetch_keys(signatures, resolver)
    for each in ordered:
        _verify_set(message, ordered, each, keys, vouched)
    result, code, reason = _conclude(message.raw.has_body, ordered, fault, vouched)
    broken_by = next((_domain(each) for each in ordered if each.seal_valid is False), "")
    failed = next((key.lookup for key in keys.values() if key.lookup.undetermined), None)
    return ArcVerdict(
        result=result,
        instance=max(sets, default=0),
        reason=reason,
        sets=tuple(_view(each) for each in ordered),
        code=code,
        oldest_pass=_oldest_pass(ordered),
        broken_by=broken_by if result == "fail" else "",  # the chain was intact before it
        failed=failed if result == "temperror" else None,
    )


def _collect(message: Message) -> dict[int, _Set]:
    """The sets by instance."""
    sets: dict[int, _Set] = {}
    for item in message.arc.values():
        if not 1 <= item.instance <= MAX_SETS:
            continue
        each = sets.setdefault(item.instance, _Set(item.instance))
        each.fields.setdefault(item.field.key, []).append(item)
        if item.signature is not None and item.signature.kind == "ams":
            each.signature = each.signature or item.signature
        elif item.signature is not None:
            each.seal = each.seal or item.signature
    return sets


def _faults(message: Message, sets: Mapping[int, _Set]) -> Iterator[str]:
    """The faults in the structure of the sets (steps 1 and 3 of section 5.2)."""
    for item in message.arc.values():
        if item.instance > MAX_SETS:
            yield f"an {item.field.name} field has i={item.instance}: a chain has at most {MAX_SETS} sets"
        elif item.instance < 1:
            yield f"an {item.field.name} field has no instance from 1 to {MAX_SETS}"
    for instance, each in sorted(sets.items()):
        for key in _SEALED_ORDER:
            count = len(each.fields.get(key, ()))
            if count != 1:
                what = "is missing" if not count else f"appears {count} times"
                yield f"the {key.title().replace('Arc', 'ARC')} of instance {instance} {what}"
        for signature in (each.signature, each.seal):
            if signature and signature.fault:
                name = "ARC-Seal" if signature.kind == "seal" else "ARC-Message-Signature"
                yield f"the {name} of instance {instance} cannot be used: {signature.fault.message}"
    missing = next((number for number in range(1, len(sets) + 1) if number not in sets), 0)
    if missing:
        yield f"instance {missing} is missing from the chain"


def _verify_set(
    message: Message, ordered: list[_Set], each: _Set, keys: Mapping[str, Key], vouched: bool
) -> None:
    raw, own = message.raw, each.fields.get(_SIGNATURE, [])
    if each.signature and len(own) == 1:
        each.signature_valid = _holds(
            each, each.signature, keys, vouched, lambda s: header_data(raw, own[0].field, s), message
        )
    chain = [other for other in ordered if other.instance <= each.instance]
    whole = all(len(other.fields.get(key, ())) == 1 for other in chain for key in _SEALED_ORDER)
    if each.seal and whole and len(chain) == each.instance:
        each.seal_valid = _holds(each, each.seal, keys, vouched, lambda s: _sealed(chain, s), None)


def _sealed(chain: list[_Set], seal: DkimSignature) -> bytes:
    """The data a seal covers: all sets up to its own in order, itself last without ``b`` (section 5.1.1)."""
    fields = [each.fields[key][0].field for each in chain for key in _SEALED_ORDER]
    before = canonical_fields(b"".join([field.raw for field in fields[:-1]]), "relaxed")
    return before + own_field(fields[-1], seal, "relaxed")


def _holds(
    each: _Set,
    signature: DkimSignature,
    keys: Mapping[str, Key],
    vouched: bool,
    data: Callable[[DkimSignature], bytes],
    message: Message | None,
) -> bool | None:
    """Whether one signature of a set verifies; None if its key or the body is missing.

    ``message`` is given if the signature covers its body, too.
    """
    name = "seal" if signature.kind == "seal" else "message signature"
    key = keys.get(signature.key_name)
    refused = refuse_signature(signature, name) or (refuse_key(signature, key) if key else None)
    if refused and refused.result == "temperror":
        each.unknown = each.unknown or refused.reason
        return None
    if vouched and is_gone(refused):
        _note_replaced(each, signature)
        return None
    reason = refused.reason if refused else ""
    if key and key.record and not refused:
        try:
            if not signature_holds(key.record, data(signature), signature.signature):
                if vouched and another_signed(key.record, signature.signature):
                    _note_replaced(each, signature)
                    return None
                reason = f"the {name} does not match what it covers: a covered header field was changed"
                each.changed = True
        except UnusableKey as error:
            reason = f"the key at {signature.key_name} cannot be used: {error}"
    if reason:
        each.reasons.append(reason)
        return False
    return message is None or _body_holds(each, signature, message)


def _body_holds(each: _Set, signature: DkimSignature, message: Message) -> bool | None:
    """Whether the body is the one that was signed; None if it is missing."""
    if not message.raw.has_body:
        each.unknown = each.unknown or "the message cannot be verified without its body"
        return None
    how, length = signature.body_canonicalization, signature.body_length
    if message.bodies.digest(how, length) != signature.body_hash:
        each.reasons.append("the body was changed after this set was added")
        each.changed = True
        return False
    return True


def _note_replaced(each: _Set, signature: DkimSignature) -> None:
    each.replaced = True
    each.unknown = (
        f"the receiving server verified or extended the chain, but the key at {signature.key_name} has been "
        "removed or replaced since"
    )


def _conclude(has_body: bool, ordered: list[_Set], fault: str, vouched: bool) -> tuple[AuthResult, str, str]:
    """The result, by the steps of section 5.2 in order."""
    newest = ordered[-1] if ordered else None
    if newest and newest.seal and newest.seal.chain_validation == "fail":
        reason = f"the newest seal, by {newest.seal.domain}, reports that the chain had failed (cv=fail)"
        return "fail", "reported-fail", reason
    if fault or newest is None:
        return "fail", "structure", fault
    if found := _reported(ordered) or _broken(ordered, newest, vouched):
        return found
    unknown = newest.unknown if newest.signature_valid is None else ""
    unknown = unknown or next((each.unknown for each in ordered if each.seal_valid is None), "")
    if unknown and not has_body and all(each.seal_valid for each in ordered):
        return "neutral", "no-body", "the seals verify, but the message cannot be verified without its body"
    if any(each.replaced for each in ordered):
        return "neutral", REPLACED, next(each.unknown for each in ordered if each.replaced)
    if unknown:
        return "temperror", "key-lookup-failed", unknown
    count = f"{len(ordered)} sets" if len(ordered) > 1 else "one set"
    return "pass", "pass", f"the chain of {count} verifies; the newest was added by {_domain(newest)}"


def _reported(ordered: list[_Set]) -> tuple[AuthResult, str, str] | None:
    """The failure if a seal reports one, or reports what it can't at its position."""
    for each in ordered:
        cv = each.seal.chain_validation if each.seal else ""
        wanted = "none" if each.instance == 1 else "pass"
        if cv == "fail":
            reason = f"the seal of instance {each.instance} reports that the chain had failed (cv=fail)"
            return "fail", "reported-fail", reason
        if cv != wanted:
            reason = f"the seal of instance {each.instance} says cv={cv}, but it must say cv={wanted}"
            return "fail", "chain-validation", reason
    return None


def _broken(ordered: list[_Set], newest: _Set, vouched: bool) -> tuple[AuthResult, str, str] | None:
    """The result if the newest message signature or a seal does not verify."""
    if newest.signature_valid is False:
        what = newest.reasons[0] if newest.reasons else "it does not verify"
        if vouched and newest.changed:
            before = "the receiving server verified or extended the chain"
            return "neutral", CHANGED, f"{before}, but this copy was changed since: {what}"
        by = f"the newest message signature, by {_domain(newest)} (instance {newest.instance}),"
        return "fail", "message-signature", f"{by} does not verify: {what}"
    for each in reversed(ordered):
        if each.seal_valid is False:
            what = each.reasons[-1] if each.reasons else "it does not verify"
            return "fail", "seal", f"the seal of instance {each.instance} by {_domain(each)}: {what}"
    return None


def _oldest_pass(ordered: list[_Set]) -> int:
    """The lowest instance from which every message signature verifies (step 5 of section 5.2)."""
    oldest = 0
    for each in reversed(ordered):
        if not each.signature_valid:
            break
        oldest = each.instance
    return oldest


def _domain(each: _Set) -> str:
    return each.seal.domain if each.seal else each.signature.domain if each.signature else ""


def _view(each: _Set) -> ArcSet:
    fields = each.fields.get(_RESULTS)
    results = fields[0].results if fields else None
    return ArcSet(
        instance=each.instance,
        domain=_domain(each),
        selector=each.seal.selector if each.seal else "",
        chain_validation=each.seal.chain_validation if each.seal else "",
        seal_valid=each.seal_valid,
        signature_valid=each.signature_valid,
        authserv_id=results.authserv_id if results else "",
        results=results.raw.partition(";")[2].strip() if results else "",
        reason="; ".join(dict.fromkeys(each.reasons)) or each.unknown,
    )
