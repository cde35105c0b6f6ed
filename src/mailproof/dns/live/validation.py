"""Local DNSSEC validation on top of live queries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import dns.exception
import dns.message
import dns.name
from dns.rdatatype import RdataType

from mailproof.dns.anchors import TrustAnchors
from mailproof.dns.dnssec import Validator, Verdict
from mailproof.dns.live.packet import Reply, question_of

#: Maps a question in wire format to the reply with its signatures; None: there is none.
Fetch = Callable[[bytes], Awaitable[Reply | None]]


def validator_for(ask: Fetch, anchors: TrustAnchors | None) -> Validator:
    """A validator that fetches keys and proofs with ``ask``."""

    async def fetch(name: dns.name.Name, rdtype: RdataType) -> dns.message.Message | None:
        reply = await ask(question_of(name.canonicalize().to_wire() or b"\0", rdtype))
        return None if reply is None else _message(reply)

    return Validator(fetch, anchors)


async def validate_reply(validator: Validator, question: bytes, reply: Reply) -> Verdict:
    """The verdict on a reply, or ``unknown`` if it is malformed."""
    message = _message(reply)
    if message is None:
        return Verdict("unknown", "the reply is malformed")
    name, _ = dns.name.from_wire(question, 0)
    return await validator.validate(message, name, RdataType.make(int.from_bytes(question[-4:-2])))


def _message(reply: Reply) -> dns.message.Message | None:
    try:
        return dns.message.from_wire(reply.wire, ignore_trailing=True)
    except (dns.exception.DNSException, ValueError):
        return None
