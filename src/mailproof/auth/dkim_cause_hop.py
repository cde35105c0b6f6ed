"""The hop at which a signed message must have been changed, as far as its own header fields tell.

Servers write on top, so that the order of the fields is an order of time. Whoever reports the signature as
good, or signed the body in its present form, narrows it down. All of it may be forged: it says where to
look, and decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mailproof.records.authentication_results import parse_authentication_results
from mailproof.records.dkim_signature import DkimSignature, parse_dkim_signature
from mailproof.records.message import HeaderField, RawMessage
from mailproof.records.received import parse_received

if TYPE_CHECKING:
    from mailproof.auth.bodies import Bodies

_RESULTS = ("authentication-results", "arc-authentication-results")
_LIST_FIELDS = ("list-id", "list-post", "x-mailman-version", "x-beenthere", "mailing-list", "x-mailing-list")
_MAX_READ = 60
_MAX_SHOWN = 5


def find_hop(
    message: RawMessage,
    field: HeaderField,
    signature: DkimSignature,
    bodies: Bodies,
    body_intact: Sequence[HeaderField] = (),
) -> str:
    """The host, ``one of A, B`` (oldest first), or "" where nothing is known.

    ``body_intact`` are other signatures whose body hash holds: the change is older than the one on top.
    """
    place = next((i for i, each in enumerate(message.headers) if each is field), -1)
    if place <= 0:
        return ""
    above = message.headers[:place]
    hosts = _hosts(above)
    after, before = _narrowed(above, signature, bodies, body_intact)
    inside = [host for index, host, _ in hosts if before <= index <= after]
    if not inside and (taken := next((hop for hop in reversed(hosts) if hop[0] <= before), None)):
        _, host, client = taken  # it was broken when the first of them took it
        return f"{client}, before {host} took it" if client else f"before {host} took it"
    known = list(dict.fromkeys(reversed(inside or [host for _, host, _ in hosts])))
    if len(known) > 1 and (listed := _list_host(above, known)):
        return listed
    if len(known) <= 1:
        return known[0] if known else ""
    more = ", …" if len(known) > _MAX_SHOWN else ""
    return f"one of {', '.join(known[:_MAX_SHOWN])}{more}"


def _hosts(above: Sequence[HeaderField]) -> list[tuple[int, str, str]]:
    """The hosts that took the message after it was signed: the places of their Received fields, their names
    and those of their clients.
    """
    found: list[tuple[int, str, str]] = []
    for index, each in enumerate(above):
        if each.key == "received" and len(found) < _MAX_READ:
            hop = parse_received(each.value[:4096])
            if hop.by:
                found.append((index, hop.by, hop.rdns or hop.helo or hop.ip))
    return found


def _narrowed(
    above: Sequence[HeaderField], signature: DkimSignature, bodies: Bodies, intact: Sequence[HeaderField]
) -> tuple[int, int]:
    """The places between which it was changed: the Received field of the first host that may have done it
    (the greater number: below), and that of the last one.
    """
    first, last, read = len(above), 0, 0
    for index in range(len(above) - 1, -1, -1):
        each = above[index]
        if each.key in _RESULTS and read < _MAX_READ:
            read += 1
            said = _reported(each, signature)
            if said == "pass":
                first = min(first, _owner(above, index))
            elif said == "fail":
                last = max(last, _owner(above, index) + 1)
        elif each.key == "arc-message-signature" and read < _MAX_READ:
            read += 1
            sealed = parse_dkim_signature(each.raw_value.removesuffix(b"\r\n").decode("latin-1"), "ams")
            if _same_body_hash(sealed, signature):
                first = min(first, _owner(above, index))
            elif (
                not sealed.fault
                and intact
                and sealed.body_hash == bodies.digest(sealed.body_canonicalization, sealed.body_length)
            ):
                last = max(last, _owner(above, index))
    for each in intact:
        place = next((i for i, other in enumerate(above) if other is each), -1)
        if place >= 0:
            last = max(last, _owner(above, place))
    # Where nobody who handled it in between is left, it came so; reports that contradict tell nothing.
    return (first, last) if last <= first + 1 else (len(above), 0)


def _same_body_hash(sealed: DkimSignature, signature: DkimSignature) -> bool:
    return (
        bool(signature.body_hash)
        and sealed.body_hash == signature.body_hash
        and sealed.body_canonicalization == signature.body_canonicalization
    )


def _reported(field: HeaderField, signature: DkimSignature) -> str:
    """What a host said of this signature; "" where nothing."""
    value = field.value[:8192]
    if field.key == "arc-authentication-results":
        value = value.partition(";")[2]
    for method in parse_authentication_results(value).methods:
        if method.method == "dkim":
            properties = {f"{p.ptype}.{p.name}": p.value.lower().lstrip("@") for p in method.properties}
            domain = properties.get("header.d") or properties.get("header.i", "").rpartition("@")[2]
            if (
                domain == signature.domain
                and properties.get("header.s", signature.selector) == signature.selector
            ):
                return method.result
    return ""


def _owner(above: Sequence[HeaderField], index: int) -> int:
    """The place of the Received field of the host that wrote the field at ``index``: the next one below."""
    return next((i for i in range(index, len(above)) if above[i].key == "received"), len(above))


def _list_host(above: Sequence[HeaderField], known: Sequence[str]) -> str:
    """The list server among the hosts, where list software signed itself into the header."""
    fields = [each for each in above if each.key in _LIST_FIELDS]
    for each in fields:
        text = each.value.lower()
        for host in known:
            name = host.lower()
            near = name.partition(".")[2]
            if name in text or (near.count(".") >= 1 and (f".{near}" in text or f"@{near}" in text)):
                return host
    for each in fields:
        owner = _owner(above, next(i for i, other in enumerate(above) if other is each))
        if owner < len(above):
            host = parse_received(above[owner].value[:4096]).by
            if host in known:
                return host
    return ""
