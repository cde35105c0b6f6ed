"""The key of a signature: looked up, selected from the TXT records at its name, and checked."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from mailproof.dns import Answer, Resolver
from mailproof.dns.memo import ask
from mailproof.model import STATUS_WORDS, AuthResult, DkimKeyRecord, Lookup, TagProblem
from mailproof.records.dkim_key import looks_like_dkim_key, parse_dkim_key
from mailproof.records.dkim_signature import DkimSignature
from mailproof.structs import kept

#: Characters read of a key record; real ones have a few hundred.
_MAX_RECORD = 16_384


class Verdict(Struct, frozen=True):
    """An outcome: the RFC 8601 word, the stable code, and a sentence."""

    result: AuthResult
    code: str
    reason: str


class Key(Struct, frozen=True):
    """The result of the key lookup. ``fault`` is None if ``record`` can be checked further."""

    lookup: Lookup
    record: DkimKeyRecord | None = None
    strays: tuple[str, ...] = ()
    fault: Verdict | None = None


def needs_key(signature: DkimSignature) -> bool:
    """Whether the signature could count, given the right key."""
    return signature.fault is None and signature.algorithm != "rsa-sha1"


async def fetch_keys(signatures: Iterable[DkimSignature], resolver: Resolver) -> dict[str, Key]:
    """The keys that the signatures need, by DNS name, looked up concurrently."""
    names = sorted({each.key_name for each in signatures if needs_key(each)})
    answers = await ask(resolver, *[(name, "TXT") for name in names])
    return dict(zip(names, map(read_key, answers), strict=True))


@kept  # the same for all messages of a signer
def read_key(answer: Answer) -> Key:
    """The key in an answer. Several keys at a name are refused (RFC 6376 section 3.6.2.2)."""
    lookup = answer.lookup
    name = lookup.name
    if lookup.undetermined:
        reason = f"could not look up the key at {name}: {STATUS_WORDS[lookup.status]}"
        return Key(lookup, fault=Verdict("temperror", "key-lookup-failed", reason))
    if lookup.absent:
        where = f"{name} is a CNAME to {lookup.chain[-1]}, which" if lookup.chain else name
        what = "does not exist" if lookup.status == "nxdomain" else "has no TXT record"
        return Key(lookup, fault=Verdict("permerror", "no-key", f"{where} {what}"))
    records = tuple(text[:_MAX_RECORD] for text in lookup.records)
    keys = tuple(text for text in records if looks_like_dkim_key(text))
    strays = tuple(text for text in records if text not in keys)
    if len(keys) > 1:
        reason = f"{name} has {len(keys)} keys, but only one is allowed: verifiers refuse to choose"
        return Key(lookup, parse_dkim_key(keys[0]), strays, Verdict("permerror", "several-keys", reason))
    if not keys:
        shown = strays[0][:60] if strays else ""
        reason = f"the TXT record at {name} is not a DKIM key: {shown!r}"
        return Key(lookup, None, strays, Verdict("permerror", "not-a-key-record", reason))
    return Key(lookup, parse_dkim_key(keys[0]), strays)


_MALFORMED = ("malformed-base64", "not-a-key", "wrong-key-type", "no-public-key", "small-order")
#: Problems of a key record that have their own verdict; all others are ``key-syntax``.
_CODES: dict[str, tuple[AuthResult, str]] = {
    **dict.fromkeys(_MALFORMED, ("permerror", "key-malformed")),
    "unknown-key-type": ("permerror", "unknown-key-type"),
    "not-for-email": ("permerror", "key-not-for-email"),
    "short-key": ("policy", "short-key"),
}


def refuse_signature(signature: DkimSignature, name: str) -> Verdict | None:
    """Why a signature can't count, whatever its key; ``name`` is what to call it in the reason."""
    if signature.fault:
        reason = f"the {name} cannot be used: {signature.fault.message}"
        return Verdict("permerror", signature.fault.code, reason)
    if signature.algorithm == "rsa-sha1":
        return Verdict("policy", "sha1", f"the {name} uses rsa-sha1, which no longer counts (RFC 8301)")
    return None


def refuse_key(signature: DkimSignature, key: Key) -> Verdict | None:
    """Why this key cannot verify this signature (RFC 6376 section 6.1.2, RFC 8301); None if it can."""
    if key.fault or key.record is None:
        return key.fault
    record, name = key.record, key.lookup.name
    if record.revoked:
        return Verdict("permerror", "key-revoked", f"the key at {name} is revoked: its p= is empty")
    problems = [problem for problem in record.problems if problem.fatal]
    for problem in problems:
        if problem.code not in ("no-sha256", *_CODES):
            return _key_verdict(problem, name)
    if record.hashes and "sha256" not in record.hashes:
        hashes = ":".join(record.hashes)
        reason = f"the key at {name} allows only h={hashes}, and the signature was made with sha256"
        return Verdict("permerror", "key-hash-not-allowed", reason)
    for problem in problems:
        return _key_verdict(problem, name)
    if record.key_type != signature.key_algorithm:
        reason = f"the signature says a={signature.algorithm}, but the key at {name} is k={record.key_type}"
        return Verdict("permerror", "key-mismatch", reason)
    if record.strict_identity and signature.identity_domain != signature.domain:
        reason = (
            f"the key at {name} says t=s, which forbids the subdomain in i={signature.identity}: "
            f"only {signature.domain} itself may sign with it"
        )
        return Verdict("permerror", "key-strict-identity", reason)
    return None


def _key_verdict(problem: TagProblem, name: str) -> Verdict:
    result, code = _CODES.get(problem.code, ("permerror", "key-syntax"))
    return Verdict(result, code, f"the key at {name} cannot be used: {problem.message}")
