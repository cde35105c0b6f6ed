"""Where the message came into the system that we trust: the border, and the hop that handed it over.

Only what the border itself wrote can be believed. It stands at the top of the header; whatever stands below
the hop that handed the message over was written by others, and may be forged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from mailproof.message.hosts import is_private, registered, related
from mailproof.message.reader import Message
from mailproof.model import AuthenticationResults, ReceivedHop
from mailproof.records.message import HeaderField
from mailproof.structs import replace

#: Fields that a border may write directly below its own Received field, as Gmail does.
_TRACE = frozenset(
    (
        "authentication-results",
        "received-spf",
        "return-path",
        "arc-authentication-results",
        "arc-message-signature",
        "arc-seal",
        "delivered-to",
        "dkim-filter",
        "dmarc-filter",
        "x-received",
        "x-original-to",
    )
)
#: What Exchange Online appends at the end of a header section; it removes or renames what comes in by these
#: names ("header firewall").
_EXCHANGE_FIELDS = ("return-path", "x-forefront-antispam-report", "x-microsoft-antispam")
_EXCHANGE_PREFIX = "x-ms-exchange-organization-"


class Border(Struct, frozen=True):
    """The hops with the handover marked, and the Authentication-Results with the trusted ones marked.

    ``trust`` is the authserv-id (or host) that is believed; ``handover`` None where no hop tells an outside
    address, with ``reason`` saying why; ``submitted``: because its sender logged in. ``limit`` is the number
    of header fields, from the top, that the border wrote. ``others`` are the fields that say the same by
    other names. ``exchange``: it is Exchange Online, which writes some of its fields at the end.
    """

    trust: str
    hops: tuple[ReceivedHop, ...]
    results: tuple[AuthenticationResults, ...]
    handover: ReceivedHop | None = None
    reason: str = ""
    submitted: bool = False
    limit: int = 0
    others: tuple[AuthenticationResults, ...] = ()
    exchange: bool = False

    def wrote(self, place: int, key: str) -> bool:
        """Whether the border wrote the header field at that place, of that name in lower case."""
        if place < self.limit:
            return True
        return self.exchange and (key in _EXCHANGE_FIELDS or key.startswith(_EXCHANGE_PREFIX))


class _Handover(Struct, frozen=True):
    """The index of the hop at which the border took the message over, or the reason why there is none."""

    index: int | None
    reason: str = ""
    submitted: bool = False


def is_received_spf(result: AuthenticationResults) -> bool:
    """Whether it is a Received-SPF field (RFC 7208 section 9.1)."""
    return result.header.lower() == "received-spf"


def find_border(message: Message, trust: str | None = None) -> Border:
    """Who wrote what. ``trust`` is the authserv-id (or host name) of the border, where it is given."""
    headers = message.raw.headers
    positions, hops = list(message.received), tuple(message.received.values())
    trusted = trust or _trust(hops, positions, message.results)
    wanted = [place for place, result in message.results.items() if _is_of(result, trusted, hops)]
    first_result = wanted[0] if wanted else None
    taken = _handover(hops, positions, trusted, first_result, _skipped(hops, trust))
    index = taken.index
    if index is not None:
        limit = _limit(headers, positions[index], wanted)
    else:
        limit = positions[0] if positions and not taken.submitted else len(headers)
    marked = tuple(
        replace(hop, internal=index is not None and i < index, handover=i == index)
        for i, hop in enumerate(hops)
    )
    handover = marked[index] if index is not None else None
    judged = tuple(
        replace(
            result,
            trusted=place in wanted and place < limit,
            forged=place >= limit and _claims(result, trusted, handover),
        )
        for place, result in message.results.items()
    )
    # The border's own Received-SPF is trusted; of the others it is the ARC chain that tells.
    others = tuple(
        replace(result, trusted=True) if place < limit and is_received_spf(result) else result
        for place, result in message.others.items()
    )
    exchange = (
        handover is not None
        and handover.with_.startswith("Microsoft SMTP")
        and related(handover.by, "outlook.com")
    )
    return Border(
        trust=trusted,
        hops=marked,
        results=judged,
        handover=handover,
        reason=taken.reason,
        submitted=taken.submitted,
        limit=limit,
        others=others,
        exchange=exchange,
    )


def _trust(
    hops: tuple[ReceivedHop, ...], positions: list[int], results: Mapping[int, AuthenticationResults]
) -> str:
    """The topmost authserv-id that belongs to a host at the top of the chain, else the topmost host.

    Where those hosts go by no domain name (Yahoo's by addresses), the authserv-id that stands above the hop
    from outside: nobody before that hop can have written it.
    """
    top: list[str] = []
    outside = 0
    for index, hop in enumerate(hops):
        if hop.by:
            top.append(hop.by)
        outside = positions[index]
        if not _inside(hop, hops[index + 1 : index + 2]):
            break
    for result in results.values():
        if result.authserv_id and any(related(result.authserv_id, host) for host in top):
            return result.authserv_id
    if not any(registered(host) for host in top):
        above = (result.authserv_id for place, result in results.items() if place < outside)
        named = next(filter(None, above), "")
        if named:
            return named
    return next((host for host in top if ":" not in host), top[0] if top else "")


def _skipped(hops: tuple[ReceivedHop, ...], trust: str | None) -> int:
    """How many hops stand above the first one by the border that the user named: they came after it."""
    return next((i for i, hop in enumerate(hops) if trust and related(hop.by, trust)), 0)


def _is_of(result: AuthenticationResults, trust: str, hops: tuple[ReceivedHop, ...]) -> bool:
    """Whether a header says that the trusted border wrote it. Microsoft's bear no authserv-id."""
    if result.authserv_id:
        return bool(trust) and (
            result.authserv_id.lower() == trust.lower() or related(result.authserv_id, trust)
        )
    return bool(result.methods) and any(hop.with_.startswith("Microsoft SMTP") for hop in hops[:5])


def _claims(result: AuthenticationResults, trust: str, handover: ReceivedHop | None) -> bool:
    """Whether a header bears the very name of the border."""
    name = result.authserv_id.lower()
    return name != "" and name in (trust.lower(), handover.by.lower() if handover else "")


def _inside(hop: ReceivedHop, older: tuple[ReceivedHop, ...] = ()) -> bool:
    """Whether a hop took the message from its own host or network; ``older`` is the next hop, if any."""
    protocol = hop.with_.upper()
    if not hop.ip:
        name = hop.from_.lower()
        if not name or name.startswith("localhost") or name == hop.by.lower() or protocol == "LOCAL":
            return True
        # Apple hands on between hosts whose names have no dot, like p00-icloudmta-smtpin-us-west-2a-1.
        start = name.split("-")[:3]
        return "." not in name and any(start == each.by.lower().split("-")[:3] for each in older)
    return is_private(hop.ip) or hop.ip == hop.by or protocol.startswith(("POP3", "IMAP", "LMTP"))


def _submitted(hop: ReceivedHop) -> bool:
    """Whether the client logged in (RFC 3848): then it is a sender, not another server."""
    return hop.with_.upper() in ("ESMTPA", "ESMTPSA", "UTF8SMTPA", "UTF8SMTPSA", "ASMTP")


def _handover(
    hops: tuple[ReceivedHop, ...],
    positions: list[int],
    trust: str,
    first_result: int | None,
    skipped: int,
) -> _Handover:
    """Where the border took the message over; ``skipped`` hops from the top came after it."""
    if not hops:
        return _Handover(None, "there is no Received header")
    candidate: int | None = None
    for index, hop in enumerate(hops):
        if index < skipped:
            continue
        if candidate is not None and (not related(hop.by, trust) or _submitted(hop)):
            break
        if _inside(hop, hops[index + 1 : index + 2]):
            continue
        if not hop.ip:
            if candidate is None:
                name = hop.from_ or hop.raw[:60]
                return _Handover(None, f"the hop that took it from {name} does not tell the address")
            break
        if _submitted(hop):
            reason = f"submitted by a client that logged in to {hop.by}: no other server handed it over"
            return _Handover(None, reason, submitted=True)
        candidate = index
        below = first_result is not None and first_result > positions[index]
        verified = related(hop.rdns, trust)
        claimed = not hop.rdns and related(hop.from_, trust)
        if not ((verified and (below or first_result is None)) or (claimed and below)):
            break
    if candidate is None:
        return _Handover(None, "all hops are inside one system: no address outside is named")
    return _Handover(candidate)


def _limit(headers: Sequence[HeaderField], handover: int, wanted: list[int]) -> int:
    """How many header fields from the top the border wrote.

    Down to its Received field; and, only where none of its results stands above that, the trace fields
    directly below it.
    """
    if any(place < handover for place in wanted):
        return handover + 1
    place = handover + 1
    while place < len(headers) and headers[place].key in _TRACE:
        place += 1
    return place
