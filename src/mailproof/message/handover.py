"""The hop at which the receiving side accepted a message: the walk down its Received fields."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from ipaddress import ip_address, ip_network

from msgspec import Struct

from mailproof.data.borders import known_border
from mailproof.message.hosts import is_private, organizational, registered, related
from mailproof.model import ReceivedHop

#: Protocols by which programs on one host, or for one mailbox, pass a message on (RFC 2033 and others).
_INSIDE_PROTOCOLS = ("POP3", "IMAP", "LMTP", "MAPI", "LOCAL")
_SUBMISSION = frozenset(("ESMTPA", "ESMTPSA", "UTF8SMTPA", "UTF8SMTPSA", "ASMTP", "SMTPSA"))
#: Exchange also writes the receiving host's own address.
_BY_ADDRESS = re.compile(r"\bby \S{1,255} \(\[?([0-9A-Fa-f.:]{3,45})[)%\]]")
#: Suffixes of names that are not of the public DNS, and so show no organization.
_INTERNAL = (".local", ".internal", ".intern", ".lan", ".localdomain", ".corp", ".home", ".private", ".arpa")
#: Prefix lengths of a site's network, within which its hosts pass messages to each other.
_SITE = {4: 24, 6: 48}


class Handover(Struct, frozen=True):
    """The index of the hop at which the receiving server accepted the message, or why there is none.

    ``last`` is the oldest hop on the receiving side, None if there was none; ``submitted``: the client signed
    in; ``born``: the chain starts at a mailbox server.
    """

    index: int | None
    reason: str = ""
    submitted: bool = False
    last: int | None = None
    born: bool = False

    @property
    def accepted(self) -> int | None:
        """The hop at which the receiving side accepted the message, else the oldest hop on its side."""
        return self.index if self.index is not None else self.last


def is_inside(hop: ReceivedHop, older: Sequence[ReceivedHop] = ()) -> bool:
    """Whether a hop received the message from its own host or network; ``older`` is the next hop, if any."""
    protocol = hop.with_.upper()
    if protocol.startswith(_INSIDE_PROTOCOLS):
        return True
    if not hop.ip:
        name = hop.from_.lower()
        if not name or name.startswith("localhost") or name == hop.by.lower():
            return True
        # Apple's internal hosts have names without a dot, like p00-icloudmta-smtpin-us-west-2a-1.
        known = known_border(hop.by, hop.raw) if "." not in name else None
        return known is not None and any(known.is_host(each.by) for each in older)
    return is_private(hop.ip) or hop.ip == hop.by or _between_exchange_hosts(hop)


def fetched(hops: Sequence[ReceivedHop]) -> int:
    """The number of hops at the top, to that by which the recipient fetched it from a mailbox; 0 if none.

    Above it are only hops inside one host: else a sender could have written it.
    """
    for index, hop in enumerate(hops):
        if hop.with_.upper().startswith(("POP3", "IMAP")):
            return index + 1
        if hop.ip not in ("", "127.0.0.1", "::1") or not is_inside(hop):
            break
    return 0


def comes_from_elsewhere(hop: ReceivedHop, older: ReceivedHop) -> bool:
    """Whether a server got it from an internal address, and the server before is of another organization.

    Then a proxy hid the client's address, and the name that a client gives itself proves nothing.
    """
    names, known = (hop.by, hop.rdns, hop.for_.rpartition("@")[2]), known_border(hop.by, hop.raw)
    if not is_private(hop.ip) or (known is not None and known.is_host(older.by)):
        return False
    public = all(registered(host) and not host.lower().endswith(_INTERNAL) for host in (hop.by, older.by))
    brand = organizational(older.by).partition(".")[0]  # corp.com and corp.de are probably one organization
    return public and not any(
        related(older.by, name) or organizational(name).partition(".")[0] == brand for name in names
    )


def _between_exchange_hosts(hop: ReceivedHop) -> bool:
    """Whether hosts of one Exchange organization passed the message on.

    The name is the client's own claim, which alone proves nothing: the address must be one of theirs.
    """
    if not hop.with_.upper().startswith(("MICROSOFT SMTP SERVER", "HTTPS")) or not related(hop.from_, hop.by):
        return False
    known = known_border(hop.by, hop.raw)
    if known is not None and known.inner:
        return known.is_inner(hop.ip) and not known.sends_as(hop.from_)
    own = _BY_ADDRESS.search(hop.raw[:2000])
    try:
        site = ip_network(f"{own[1]}/{_SITE[ip_address(own[1]).version]}", strict=False) if own else None
    except ValueError:
        return False
    return site is not None and ip_address(hop.ip) in site


def is_submitted(hop: ReceivedHop) -> bool:
    """Whether the client signed in (RFC 3848, webmail) and so is a sender, not another server."""
    protocol = hop.with_.upper().partition(" ")[0]
    return protocol in _SUBMISSION or protocol.startswith("HTTP")


def _is_exchange_relay(hop: ReceivedHop, trust: str, source: str, given: str) -> bool:
    """Whether Exchange received the message from a host of the receiving side.

    It does no reverse lookups, but states which of its servers had the message first; elsewhere, the client's
    claimed name proves nothing.
    """
    if not hop.with_.upper().startswith("MICROSOFT SMTP"):
        return False
    passed_on = related(source, hop.by) and hop.by.lower() != source.lower() and related(hop.from_, trust)
    return passed_on or hop.from_.lower() == given.lower() != ""


def _hidden(newer: ReceivedHop, hop: ReceivedHop) -> str:
    """Why the client is unknown, if a proxy handed the message over; else ""."""
    if not comes_from_elsewhere(newer, hop):
        return ""
    return f"{newer.by} accepted it from the internal address {newer.ip}, which hides the client"


def _sent_from_mailbox(hop: ReceivedHop, older: Sequence[ReceivedHop]) -> str:
    """Why there was no handover, if the hop is from a mailbox of the server itself; else ""."""
    delivered = any(each.by.lower() == hop.from_.lower() for each in older)
    if delivered or not hop.with_.upper().startswith("MAPI"):
        return ""
    return f"it was sent from a mailbox at {hop.by}: no other server delivered it"


def find_handover(
    hops: tuple[ReceivedHop, ...],
    positions: Sequence[int],
    trust: str,
    *,
    first_result: int | None,
    named: Mapping[int, frozenset[str]],
    skipped: int,
    source: str,
    given: str,
) -> Handover:
    """Where the receiving server accepted the message.

    ``first_result`` is the index of its topmost result, ``named`` the clients that results beside each hop
    name: the receiver's own statement of the origin. ``skipped`` hops from the top came after it. ``source``
    is the organization's server that first had the message, according to Exchange; ``given`` the trusted
    server according to the caller.
    """
    if not hops:
        return Handover(None, "there is no Received header")
    candidate: int | None = None
    last: int | None = None
    for index, hop in enumerate(hops):
        if index < skipped:
            last = index
            continue
        older = hops[index + 1 : index + 2]
        if candidate is not None and (not related(hop.by, trust) or is_submitted(hop)):
            break
        if candidate is None and index > skipped and (hidden := _hidden(hops[index - 1], hop)):
            return Handover(None, hidden, last=last)
        if candidate is None and (sent := _sent_from_mailbox(hop, older)):
            return Handover(None, sent, last=index, born=True)
        checked = hop.ip in named.get(index, ())
        if not checked and is_inside(hop, older):
            last = index
            continue
        if not hop.ip and not is_submitted(hop):
            if candidate is None:
                name = hop.from_ or hop.raw[:60]
                return Handover(
                    None, f"the hop that accepted it from {name} does not name the address", last=index
                )
            break
        if is_submitted(hop):
            if index and not related(hop.by, trust):  # to a server of the sender's side
                return Handover(None, "the receiving side names no outside address", last=last)
            reason = f"submitted by a client that signed in to {hop.by}: no other server delivered it"
            return Handover(None, reason, submitted=True, last=index)
        candidate = last = index
        below = first_result is not None and first_result > positions[index]
        verified = related(hop.rdns, trust) and (below or first_result is None)
        if checked or not (verified or (below and _is_exchange_relay(hop, trust, source, given))):
            break
    if candidate is None:
        return Handover(None, "all hops are inside one system, and none names an outside address", last=last)
    return Handover(candidate, last=candidate)
