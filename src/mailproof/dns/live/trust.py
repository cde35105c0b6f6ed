"""What a resolver says about DNSSEC: the AD bit, and SERVFAIL due to failed validation."""

from __future__ import annotations

import asyncio
import time

from mailproof.dns.live.channel import Channel
from mailproof.dns.live.miss import Miss
from mailproof.dns.live.packet import AA, AD, NOERROR, NXDOMAIN, RA, SERVFAIL, Reply, extended, question_of
from mailproof.dns.live.state import ServerState
from mailproof.model import Secure

_ROOT_SOA = question_of(b"\0", 6)
_PROBE_LIMIT = 1.0  # seconds for the query itself
_PROBE_WAIT = 0.5  # seconds that an answer waits for the probe
_PROBE_REST = 30.0

# Extended errors (RFC 8914) that mean failed validation; 1, 2 and 5 (indeterminate) do not.
BOGUS_ERRORS = {
    6: "DNSSEC bogus",
    7: "signature expired",
    8: "signature not yet valid",
    9: "DNSKEY missing",
    10: "RRSIGs missing",
    11: "no zone key bit set",
    12: "NSEC missing",
}


def start_probe(channel: Channel) -> None:
    """Check in parallel whether the server validates: an answer for the signed root must have AD set."""
    state = channel.state
    if channel.probe is None and state.validates is None and time.monotonic() >= state.probe_again:
        state.probe_again = time.monotonic() + _PROBE_REST
        channel.probe = asyncio.get_running_loop().create_task(_probe(channel))


async def _probe(channel: Channel) -> None:
    try:
        reply = await channel.ask(_ROOT_SOA, _PROBE_LIMIT, urgent=True)  # other queries wait for it
        if isinstance(reply, Reply) and channel.state.validates is None:
            channel.state.fails_root = reply.rcode == SERVFAIL
            if reply.authentic:
                channel.state.validates = True
            elif reply.rcode != SERVFAIL:
                channel.state.validates = False
    finally:
        channel.probe = None


async def validates(channel: Channel) -> bool:
    """Whether the server is known to validate. Waits briefly for a running probe."""
    if channel.state.validates is None:
        start_probe(channel)
        if channel.probe is not None:
            await asyncio.wait({channel.probe}, timeout=_PROBE_WAIT)
    return channel.state.validates is True


async def secure_of(channel: Channel, reply: Reply) -> Secure:
    """The DNSSEC state of an answer (NOERROR or NXDOMAIN), as the server reports it."""
    known = secure_now(channel.state, reply)
    if known is None:
        known = "no" if await validates(channel) else "unknown"
    return known


def secure_now(state: ServerState, reply: Reply) -> Secure | None:
    """As ``secure_of``, if it can be said without a query; None: it cannot."""
    flags = reply.flags
    if flags & AD:
        state.validates = True
        return "yes"
    if flags & AA and not flags & RA:
        return "unknown"  # an authoritative server does not validate its own data
    if state.validates is None:
        return None
    return "no" if state.validates else "unknown"


async def bogus_reason(channel: Channel, question: bytes, reply: Reply, timeout: float) -> str | Reply:
    """Why a SERVFAIL is a failed validation; empty if it is not, or the answer if there is one now.

    This shows in an extended error, or if the same query with checking disabled (CD) is answered. The latter
    counts only for a server known to validate: for others it would be a mere retry. Where validation of
    the root fails, that is the server's fault (its clock, its trust anchor) and not the domain's.
    """
    validating = await validates(channel)
    if channel.state.fails_root:
        return ""
    for code, text in reply.errors:
        if code in BOGUS_ERRORS:
            return f"{BOGUS_ERRORS[code]}{extended(code, text)}"
    if not validating:
        return ""
    unchecked = await channel.ask(question, timeout, check_disabled=True)
    if isinstance(unchecked, Miss) or unchecked.rcode not in (NOERROR, NXDOMAIN):
        return ""
    checked = await channel.ask(question, timeout)  # the failure may be over
    if isinstance(checked, Reply) and checked.rcode == SERVFAIL:
        return "the resolver answers only with DNSSEC checking disabled"
    return checked if isinstance(checked, Reply) else ""
