"""Parse a message: each header field about its sender, path or results is parsed here, once."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from mailproof.message.canonical import Bodies
from mailproof.message.parts import Part, parts_of
from mailproof.model import AuthenticationResults, FilterVerdict, ReceivedHop
from mailproof.records.authentication_results import parse_authentication_results, parse_received_spf
from mailproof.records.dkim_signature import DkimSignature, SignatureKind, parse_dkim_signature
from mailproof.records.mailboxes import AddressList, parse_addresses
from mailproof.records.message import HeaderField, RawMessage, parse_message
from mailproof.records.received import MAX_HOPS, chain
from mailproof.records.spam_headers import MAX_HEADERS, read_filter
from mailproof.structs import replace

#: Authentication-Results fields of a message that are parsed.
MAX_RESULTS = 100
#: Fields of each other kind that are parsed.
MAX_OTHERS = 40
#: DKIM signatures of a message that are verified.
MAX_SIGNATURES = 10
_MAX_FROM = 20
#: Authentication-Results that software has preserved under another name.
_RENAMED = frozenset(
    (
        *("authentication-results-original", "x-original-authentication-results"),
        *("old-authentication-results", "x-authentication-results", "x-me-authentication-results"),
        "x-ms-exchange-authentication-results",
    )
)
_SEALS: dict[str, SignatureKind] = {"arc-message-signature": "ams", "arc-seal": "seal"}
_ARC_RESULTS = "arc-authentication-results"
_ARC_INSTANCE = re.compile(r"\s{0,20}i\s{0,20}=\s{0,20}([0-9]{1,4})\s{0,20};")


class ArcField(Struct, frozen=True):
    """A field of an ARC set (RFC 8617 section 4.1), with ``signature`` or ``results`` depending on its kind.

    ``instance`` is 0 if it is missing.
    """

    field: HeaderField
    instance: int
    signature: DkimSignature | None = None
    results: AuthenticationResults | None = None


class Message(Struct, frozen=True):
    """A parsed message. Mappings are keyed by the index of the field in ``raw.headers``, from the top.

    ``received`` are the Received fields, ``results`` the Authentication-Results (not yet ``trusted``),
    ``others`` equivalent fields of other names (Received-SPF, ARC-Authentication-Results and so on),
    ``signatures`` the DKIM-Signature fields, ``arc`` those of ARC sets, ``filters`` spam filters' verdicts.
    ``author`` are the addresses in From, ``parts`` the MIME parts, ``bodies`` the body's canonical forms.
    """

    raw: RawMessage
    author: AddressList
    received: Mapping[int, ReceivedHop]
    results: Mapping[int, AuthenticationResults]
    others: Mapping[int, AuthenticationResults]
    signatures: Mapping[int, DkimSignature]
    arc: Mapping[int, ArcField]
    filters: Mapping[int, FilterVerdict]
    parts: tuple[Part, ...]
    bodies: Bodies


def read(octets: bytes) -> Message:
    """Parse a message with any line endings. Raises MessageError if it isn't one."""
    raw = parse_message(octets)
    received = [place for place, field in enumerate(raw.headers) if field.key == "received"][:MAX_HOPS]
    results: dict[int, AuthenticationResults] = {}
    others: dict[int, AuthenticationResults] = {}
    signatures: dict[int, DkimSignature] = {}
    arc: dict[int, ArcField] = {}
    filters: dict[int, FilterVerdict] = {}
    for place, field in enumerate(raw.headers):
        key = field.key
        if key == "authentication-results":
            if len(results) < MAX_RESULTS:
                results[place] = parse_authentication_results(field.value)
        elif key == "received-spf" or key in _RENAMED:
            if len(others) < MAX_OTHERS:
                parse = parse_received_spf if key == "received-spf" else parse_authentication_results
                others[place] = replace(parse(field.value), header=field.name)
        elif key == "dkim-signature":
            if len(signatures) < MAX_SIGNATURES:
                signatures[place] = parse_dkim_signature(signature_text(field))
        elif key in _SEALS:
            seal = parse_dkim_signature(signature_text(field), _SEALS[key])
            arc[place] = ArcField(field, seal.instance, seal)
        elif key == _ARC_RESULTS:
            seen = replace(parse_authentication_results(field.value), header=field.name)
            named = _ARC_INSTANCE.match(field.value)
            arc[place] = ArcField(field, int(named[1]) if named else 0, results=seen)
            if len(others) < MAX_OTHERS:
                others[place] = seen
        if key.startswith("x-") and len(filters) < MAX_HEADERS:
            verdict = read_filter(field.name, field.value)
            if verdict is not None:
                filters[place] = verdict
    return Message(
        raw=raw,
        author=parse_addresses(", ".join(raw.values("from")[:_MAX_FROM])),
        received=dict(zip(received, chain(raw.headers[place].value for place in received), strict=True)),
        results=results,
        others=others,
        signatures=signatures,
        arc=arc,
        filters=filters,
        parts=parts_of(raw.headers, raw.body),
        bodies=Bodies(raw.body),
    )


def signature_text(field: HeaderField) -> str:
    """The value of a signature field, one character per octet, so that offsets count octets."""
    return field.raw_value.removesuffix(b"\r\n").decode("latin-1")
