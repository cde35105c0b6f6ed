"""The hop at which a signed message must have been modified, as far as its own header fields show.

Servers prepend fields, so the lowest is the oldest. Hosts that report the signature as valid, or that
signed the body in its present form, narrow it down. All of it may be forged: it is a hint where to look, and
decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from mailproof.message.forwarding import LIST_FIELDS
from mailproof.message.hosts import named_among, related
from mailproof.message.reader import Message
from mailproof.model import AuthenticationResults
from mailproof.records.dkim_signature import DkimSignature

_MAX_READ = 60
_MAX_SHOWN = 5


def find_hop(
    message: Message, place: int, signature: DkimSignature, body_intact: Sequence[int] | None
) -> str:
    """The host, ``one of A, B`` (oldest first), or "" if unknown.

    ``place`` is the index of the signature's field. ``body_intact`` are the indexes of other signatures whose
    body hash matches, if the body was modified: the modification is older than any of them.
    """
    hosts = _hosts(message, place)
    after, before = _narrowed(message, place, signature, body_intact)
    inside = [host for index, host, _ in hosts if before <= index <= after]
    if not inside and (taken := next((hop for hop in reversed(hosts) if hop[0] <= before), None)):
        _, host, client = taken  # it was broken before the first of them accepted it
        return f"{client}, before {host} accepted it" if client else f"before {host} accepted it"
    known = list(dict.fromkeys(reversed(inside or [host for _, host, _ in hosts])))
    if len(hosts) == 1 and inside and after >= place and hosts[0][2]:
        known.insert(0, hosts[0][2])  # its client, too, had the signed message
    if len(known) > 1 and (listed := _list_host(message, place, known)):
        return listed
    if len(known) <= 1:
        return known[0] if known else ""
    more = ", …" if len(known) > _MAX_SHOWN else ""
    return f"one of {', '.join(known[:_MAX_SHOWN])}{more}"


def _hosts(message: Message, below: int) -> list[tuple[int, str, str]]:
    """The hosts that accepted the message after it was signed.

    For each the index of its Received field, its name, and its client's name.
    """
    above = [(place, hop) for place, hop in message.received.items() if place < below][:_MAX_READ]
    return [(place, hop.by, hop.rdns or hop.helo or hop.ip) for place, hop in above if hop.by]


def _narrowed(
    message: Message, below: int, signature: DkimSignature, intact: Sequence[int] | None
) -> tuple[int, int]:
    """The range in which the message was modified, as indexes of Received fields.

    The first is that of the first host that may have done it (the larger index: further down), the second
    that of the last.
    """
    first, last, read = below, 0, 0
    for place in range(below - 1, -1, -1):
        sealed = message.arc.get(place)
        results = sealed.results if sealed else message.results.get(place)
        body = sealed.signature if sealed else None
        if read >= _MAX_READ:
            break
        if results is not None:
            read += 1
            said = _reported(results, signature)
            owner = _owner(message, place, below, results.authserv_id)
            if said == "pass":
                first = min(first, owner)
            elif said == "fail":
                last = max(last, owner + 1)
        elif body is not None and body.kind == "ams":
            read += 1
            owner = _owner(message, place, below, body.domain)
            if _same_body_hash(body, signature):
                first = min(first, owner)
            elif (
                intact is not None
                and not body.fault
                and body.body_hash == message.bodies.digest(body.body_canonicalization, body.body_length)
            ):
                last = max(last, owner)
    for place in intact or ():
        if place < below:
            last = max(last, _owner(message, place, below, message.signatures[place].domain))
    # If no hop is left in between, it was broken on arrival; contradictory reports show nothing.
    return (first, last) if last <= first + 1 else (below, 0)


def _same_body_hash(sealed: DkimSignature, signature: DkimSignature) -> bool:
    return (
        bool(signature.body_hash)
        and sealed.body_hash == signature.body_hash
        and sealed.body_canonicalization == signature.body_canonicalization
    )


def _reported(results: AuthenticationResults, signature: DkimSignature) -> str:
    """The result a host reported for this signature; "" if none."""
    for method in results.methods:
        if method.method == "dkim":
            properties = {f"{p.ptype}.{p.name}": p.value.lower().lstrip("@") for p in method.properties}
            domain = properties.get("header.d") or properties.get("header.i", "").rpartition("@")[2]
            if (
                domain == signature.domain
                and properties.get("header.s", signature.selector) == signature.selector
            ):
                return method.result
    return ""


def _owner(message: Message, place: int, below: int, name: str = "") -> int:
    """The index of the Received field of the host that wrote the field at ``place``: the next one below.

    If the field carries the ``name`` of the host above it instead, that host's: milters add fields below it.
    """
    next_ = next((each for each in message.received if place <= each < below), below)
    above = max((each for each in message.received if each < place), default=None)
    hosts = {each: hop.by for each, hop in message.received.items() if each in (above, next_)}
    if above is not None and related(hosts[above], name) and not related(hosts.get(next_, ""), name):
        return above
    return next_


def _list_host(message: Message, below: int, known: Sequence[str]) -> str:
    """The list server among the hosts, if list software left its fields in the header."""
    listed = [(i, f) for i, f in enumerate(message.raw.headers[:below]) if f.key in LIST_FIELDS]
    if named := named_among(known, [field.value for _, field in listed]):
        return named
    wrote = (message.received.get(_owner(message, place, below)) for place, _ in listed)
    return next((hop.by for hop in wrote if hop is not None and hop.by in known), "")
