"""Where the message entered the trusted system: the trusted server, and the hop that handed it over.

Only fields that the trusted server ("border" in the code) wrote count. They are at the top of the header;
everything below the hop that handed the message over was written by others, and may be forged. Receivers
group their fields differently (``data/borders.toml``): a field whose writer is unknown is neither trusted nor
called forged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from mailproof.data.borders import KnownBorder, known_border
from mailproof.message.clients import NamedClient, named_by_field, named_in
from mailproof.message.exchange import auth_source, hybrid_start, never_left, signed_in
from mailproof.message.handover import Handover, comes_from_elsewhere, fetched, find_handover, is_inside
from mailproof.message.hosts import is_private, registered, related
from mailproof.message.reader import Message
from mailproof.model import AuthenticationResults, ReceivedHop
from mailproof.records.message import HeaderField
from mailproof.structs import replace

#: Fields that a trusted server may write directly below its own Received field, as Gmail does.
_TRACE = frozenset(
    (
        *("authentication-results", "received-spf", "return-path", "arc-authentication-results", "arc-seal"),
        *("arc-message-signature", "delivered-to", "envelope-to", "delivery-date", "dkim-filter"),
        *("dmarc-filter", "x-received", "x-original-to"),
    )
)
#: Fields that an export grouped by name may put between the Received fields and the results.
_GROUPED = frozenset(("received", "dkim-signature", "domainkey-signature"))
#: Fields that senders also write, and that few trusted servers write below their Received field.
_SENDERS_TOO = frozenset(("received-spf", "return-path"))
#: Postfix and Sendmail, whose milters add fields below the server's Received field.
_MILTERS = re.compile(r"\(Post(?:fix|cow)\)|\(8\.\d{1,2}\.[\w.+/-]{1,60}\)")


class Border(Struct, frozen=True):
    """The hops with the handover marked, and the Authentication-Results with the trusted ones marked.

    ``trust`` is the trusted authserv-id (or host); ``handover`` is None if no hop names an outside address,
    and ``reason`` says why; ``submitted``: because the sender signed in; ``inside``: because the message
    never left one organization. ``own`` are the indexes of the header fields that the trusted server wrote.
    ``others`` are equivalent results in fields of other names; ``known`` is the receiver's entry in the data.
    ``client`` is the client that the trusted server reports it checked, if any, and ``doubt`` why that can't
    be trusted; ``arrived`` is the hop that dates the trusted server's acceptance. ``doubtful`` are trusted
    results in positions where a sender may have written them.
    """

    trust: str
    hops: tuple[ReceivedHop, ...]
    results: tuple[AuthenticationResults, ...]
    handover: ReceivedHop | None = None
    reason: str = ""
    submitted: bool = False
    inside: bool = False
    own: frozenset[int] = frozenset()
    others: tuple[AuthenticationResults, ...] = ()
    known: KnownBorder | None = None
    client: NamedClient | None = None
    doubt: str = ""
    arrived: ReceivedHop | None = None
    doubtful: tuple[AuthenticationResults, ...] = ()

    def wrote(self, place: int, key: str) -> bool:
        """Whether the trusted server wrote the field at that index; ``key`` is its name in lower case."""
        return place in self.own or self.appended(key)

    def appended(self, key: str) -> bool:
        """Whether the trusted server appends fields of that name, and removes or renames those of others."""
        return self.known is not None and self.known.appends(key)


class _Block(Struct, frozen=True):
    """The indexes of the fields that the trusted server wrote.

    Those before ``end`` certainly are; those after it, below its Received field, only if the receiver is
    ``known`` to write there.
    """

    own: frozenset[int]
    end: int
    known: bool = False

    def sure(self, place: int) -> bool:
        return place < self.end or (self.known and place in self.own)


def is_received_spf(result: AuthenticationResults) -> bool:
    """Whether it is a Received-SPF field (RFC 7208 section 9.1)."""
    return result.header.lower() == "received-spf"


def find_border(message: Message, trust: str | None = None) -> Border:
    """Determine who wrote what. ``trust`` is the trusted server's authserv-id (or host name), if given."""
    positions, hops = list(message.received), tuple(message.received.values())
    skipped = _skipped(message, hops, trust)
    top, outside = _top(hops[skipped:], positions[skipped:])
    known = next(filter(None, (known_border(hop.by, hop.raw) for hop in reversed(top))), None)
    trusted = trust or _trust(top, outside, message.results, known)
    wanted = [place for place, result in message.results.items() if _claimed(result, trusted, hops, known)]
    named = _named_clients(message, wanted)
    taken = find_handover(
        hops,
        positions,
        trusted,
        first_result=wanted[0] if wanted else None,
        named=_clients_by_hop([*positions[1:], len(message.raw.headers)], named, known),
        skipped=skipped,
        source=auth_source(message),
        given=trust or "",
    )
    if taken.index is not None and not wanted and signed_in(message, hops[taken.index]):
        taken = replace(taken, index=None)
    if taken.accepted is not None:
        hop = hops[taken.accepted]
        known = known_border(hop.by, hop.raw) or known
    below = taken.index is not None and (trust is not None or _has_milters(hops[taken.index]))
    block = _block(message, positions, taken, wanted, known, below)
    own = block.own
    once = known is not None and known.once
    credited = _credited(message.results, [place for place in wanted if place in own], block, once)
    marked_hops = _marked_hops(hops, taken.index)
    handover = marked_hops[taken.index] if taken.index is not None else None
    results = _marked_results(message.results, credited, credited if once else own, trusted, handover)
    unsure = [place for place in sorted(credited) if not block.sure(place)] if trust is None else []
    border = Border(
        trust=trusted,
        hops=marked_hops,
        results=tuple(results.values()),
        handover=handover,
        reason=taken.reason,
        submitted=taken.submitted,
        own=own,
        others=_marked_others(message.others, own),
        known=known,
        arrived=_arrived(hops, taken),
        doubtful=tuple(results[place] for place in unsure),
    )
    if handover is None and never_left(message, taken, hops):
        reason = "it never left one Exchange organization: no outside server delivered it"
        return replace(border, inside=True, reason=reason)
    said_by = credited | (own & message.others.keys())
    return _with_client(message, border, block, [named[place] for place in named if place in said_by])


def _skipped(message: Message, hops: tuple[ReceivedHop, ...], trust: str | None) -> int:
    """The number of hops at the top that came after the trusted server's."""
    if trust:
        return next((i for i, hop in enumerate(hops) if related(hop.by, trust)), 0)
    return fetched(hops) or hybrid_start(message, hops)


def _named_clients(message: Message, wanted: list[int]) -> dict[int, NamedClient]:
    """Per index of a field, the client that it names: of the ``wanted`` results and all Received-SPF."""
    naming = {place: message.results[place] for place in wanted}
    naming |= {place: each for place, each in message.others.items() if is_received_spf(each)}
    return {place: each for place, result in naming.items() if (each := named_in(result, place))}


def _has_milters(hop: ReceivedHop) -> bool:
    return _MILTERS.search(hop.raw[:2000]) is not None


def _top(hops: tuple[ReceivedHop, ...], positions: list[int]) -> tuple[list[ReceivedHop], int]:
    """The hops from the top down to the first that received it from outside, and that one's header index."""
    top: list[ReceivedHop] = []
    outside = 0
    for index, hop in enumerate(hops):
        top.append(hop)
        outside = positions[index]
        older = hops[index + 1 : index + 2]
        if not is_inside(hop, older) or any(comes_from_elsewhere(hop, each) for each in older):
            break
    return top, outside


def _trust(
    top: list[ReceivedHop],
    outside: int,
    results: Mapping[int, AuthenticationResults],
    known: KnownBorder | None,
) -> str:
    """The topmost authserv-id that belongs to a host at the top of the chain, else the topmost host.

    If those hosts have no domain name (Yahoo names them by address), the authserv-id that the receiver is
    known by, or the one above the hop from outside: no server before that hop can have written it.
    """
    hosts = [hop.by for hop in top if hop.by]
    for result in results.values():
        name = result.authserv_id
        if name and (any(related(name, host) for host in hosts) or (known is not None and known.is_id(name))):
            return name
    if not any(registered(host) for host in hosts):
        above = (result.authserv_id for place, result in results.items() if place < outside)
        named = next(filter(None, above), "")
        if named:
            return named
    return next((host for host in hosts if ":" not in host), hosts[0] if hosts else "")


def _claimed(
    result: AuthenticationResults, trust: str, hops: tuple[ReceivedHop, ...], known: KnownBorder | None
) -> bool:
    """Whether a field claims to be the trusted server's. Microsoft's have no authserv-id."""
    name = result.authserv_id
    if name:
        return bool(trust) and (
            name.lower() == trust.lower()
            or related(name, trust)
            or (known is not None and known.is_id(name) and known.is_id(trust))
        )
    microsoft = (hop for hop in hops[:5] if hop.with_.startswith("Microsoft SMTP"))
    return bool(result.methods) and any(related(hop.by, trust) for hop in microsoft)


def _has_trusted_name(result: AuthenticationResults, trust: str, handover: ReceivedHop | None) -> bool:
    """Whether a field carries exactly the trusted server's name."""
    name = result.authserv_id.lower()
    return name != "" and name in (trust.lower(), handover.by.lower() if handover else "")


def _clients_by_hop(
    ends: list[int], named: Mapping[int, NamedClient], known: KnownBorder | None
) -> dict[int, frozenset[str]]:
    """Per index of a hop, the clients named by results above it, or between it and the next."""
    clients = {place: each.ip for place, each in named.items() if not _is_internal(each.ip, known)}
    return {
        index: frozenset(ip for place, ip in clients.items() if place < end) for index, end in enumerate(ends)
    }


def _is_internal(ip: str, known: KnownBorder | None) -> bool:
    """Whether an address is internal, so that no outside client sends from it."""
    return is_private(ip) or (known is not None and known.is_inner(ip))


def _block(
    message: Message,
    positions: list[int],
    taken: Handover,
    wanted: list[int],
    known: KnownBorder | None,
    below: bool,
) -> _Block:
    """The indexes of the fields that the trusted server wrote.

    Those down to its Received field; and, unless its results are directly above that, the trace fields
    directly below it, if the server writes ``below``. Some exports put all Received fields in between.
    """
    headers = message.raw.headers
    if taken.last is None or taken.submitted:
        end = len(headers) if not positions or taken.submitted else positions[0]
        return _Block(frozenset(range(end)), end)
    end = positions[taken.last] + 1
    orders = known.results if known is not None else ("above", "below")
    newer = positions[taken.last - 1] if taken.last else -1
    beside = [message.results[place] for place in wanted if newer < place < end]
    # Results of a content filter are above its own hop; a policy server of Postfix adds those of SPF above.
    only_above = orders == ("above",) or any(
        method.method != "spf" for result in beside for method in result.methods
    )
    if only_above or (known is None and not below):
        return _Block(frozenset(range(end)), end)
    below_it = _trace_below(headers, end, known, grouped="grouped" in orders)
    return _Block(frozenset((*range(end), *below_it)), end, known=known is not None)


def _trace_below(
    headers: tuple[HeaderField, ...], end: int, known: KnownBorder | None, *, grouped: bool
) -> Iterator[int]:
    """The indexes of the fields from ``end`` on that the trusted server wrote below its Received field."""
    spf_said = known is None or not known.received_spf
    reported = False
    for place in range(end, len(headers)):
        key = headers[place].key
        own = known is not None and known.writes(key)
        if key in _SENDERS_TOO:
            # Senders prepend such fields to have them taken for the receiver's.
            if own or (key == "received-spf" and not spf_said):
                yield place
            spf_said = spf_said or key == "received-spf"
        elif own or key in _TRACE:
            yield place
            reported = reported or key == "authentication-results"
        elif key not in _GROUPED or not grouped or (reported and key == "received"):
            return  # an export grouped by name has no Received field below the results


def _credited(
    results: Mapping[int, AuthenticationResults], places: list[int], block: _Block, once: bool
) -> frozenset[int]:
    """The indexes of the trusted server's results that count.

    Below its Received field it reports each method in one field (``once``: all of them): a second one came
    with the message.
    """
    credited: set[int] = set()
    reported: set[str] = set()
    for place in places:
        methods = {method.method for method in results[place].methods}
        if place >= block.end and reported and (once or methods & reported):
            continue
        credited.add(place)
        reported |= methods
    return frozenset(credited)


def _marked_hops(hops: tuple[ReceivedHop, ...], handover: int | None) -> tuple[ReceivedHop, ...]:
    """The hops with the one at that index marked as the handover, and those after it as internal."""
    if handover is None:
        return hops
    return tuple(replace(hop, internal=i < handover, handover=i == handover) for i, hop in enumerate(hops))


def _marked_others(
    others: Mapping[int, AuthenticationResults], own: frozenset[int]
) -> tuple[AuthenticationResults, ...]:
    """The server's own Received-SPF is trusted; for the rest the ARC chain decides."""
    return tuple(
        replace(result, trusted=True) if place in own and is_received_spf(result) else result
        for place, result in others.items()
    )


def _marked_results(
    results: Mapping[int, AuthenticationResults],
    credited: frozenset[int],
    possible: frozenset[int],
    trust: str,
    handover: ReceivedHop | None,
) -> dict[int, AuthenticationResults]:
    """The results marked as trusted, or as forged: in the trusted server's name, on a method it reported, and
    not in a position where it may (``possible``) have written them.
    """
    reported = {method.method for place in credited for method in results[place].methods}
    return {
        place: replace(
            result,
            trusted=place in credited,
            forged=place not in possible
            and _has_trusted_name(result, trust, handover)
            and any(method.method in reported for method in result.methods),
        )
        for place, result in results.items()
    }


def _arrived(hops: tuple[ReceivedHop, ...], taken: Handover) -> ReceivedHop | None:
    """The hop that dates when the trusted server, or its system, first had the message."""
    dated = [hop for hop in hops[: (taken.accepted or 0) + 1] if hop.timestamp is not None]
    return dated[-1] if dated else None


def _with_client(message: Message, border: Border, block: _Block, found: list[NamedClient | None]) -> Border:
    """Add the client that the server checked, if it differs from the one that handed the message over.

    The recipient's gateway may be between the two. ``found`` are the clients that the results name.
    """
    known, handover = border.known, border.handover
    if known is not None and not found:
        found = [
            named_by_field(field.name, field.value, place)
            for place, field in enumerate(message.raw.headers)
            if field.key in known.client and border.wrote(place, field.key)
        ]
    named = [each for each in found if each is not None and not _is_internal(each.ip, known)]
    if not named or border.submitted or (handover is not None and handover.ip in {each.ip for each in named}):
        return border
    # Received-SPF is about SPF alone; the field nearest to the handover is the trusted server's.
    chosen = max(named, key=lambda each: (each.header == "Received-SPF", each.place))
    if block.sure(chosen.place):
        return replace(border, client=chosen)
    by = f"{handover.by} accepted it from {handover.ip}, but " if handover is not None else ""
    doubt = f"{by}{chosen.header} names {chosen.ip}, and it isn't clear which server wrote that field"
    return replace(border, doubt=doubt)
