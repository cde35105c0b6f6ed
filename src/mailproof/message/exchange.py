"""Mail inside an organization that uses Exchange: on its own servers, in Exchange Online, or in both."""

from __future__ import annotations

from itertools import pairwise

from mailproof.data.borders import known_border
from mailproof.message.handover import Handover, is_inside
from mailproof.message.reader import Message
from mailproof.model import ReceivedHop

#: Exchange's statement of a message's origin; others cannot write it ("header firewall").
_AUTH_AS = "x-ms-exchange-organization-authas"
_AUTH_SOURCE = "x-ms-exchange-organization-authsource"
#: Which half of a hybrid organization the message is from.
_FROM_HALF = "x-ms-exchange-crosstenant-fromentityheader"


def auth_source(message: Message) -> str:
    """The server of the organization that authenticated the message; "" if none says so."""
    return message.raw.first(_AUTH_SOURCE).strip()


def _auth_as(message: Message) -> str:
    return message.raw.first(_AUTH_AS).strip().lower()


def signed_in(message: Message, hop: ReceivedHop) -> bool:
    """Whether a client of the organization handed it to a mailbox server of Exchange Online.

    Mail from outside arrives at the servers of ``protection.outlook.com`` instead.
    """
    mailboxes = hop.by.lower().endswith((".prod.outlook.com", ".prod.office365.us"))
    return mailboxes and _auth_as(message) == "internal"


def hybrid_start(message: Message, hops: tuple[ReceivedHop, ...]) -> int:
    """The index of the hop at which a hybrid Exchange organization first had the message.

    Its halves are its own servers and Exchange Online; 0 if they did not pass the message to each other.
    Exchange strips its organization's fields from outside mail: only the halves preserve them.
    """
    internal = _auth_as(message) == "internal"
    source = known_border(auth_source(message), "")
    ours = bool(hops) and _is_exchange(hops[0]) and known_border(hops[0].by, hops[0].raw) is None
    # The organization's own server at the top preserved these fields, whatever relays are in between.
    vouched = ours and (internal or source is not None)
    for index, (hop, older) in enumerate(pairwise(hops)):
        online, before = known_border(hop.by, hop.raw), known_border(older.by, older.raw)
        exchange = _is_exchange(hop)
        name = hop.from_ if exchange else hop.rdns if vouched else ""
        if online is None and before is not None and before.sends_as(name):
            return index + 1 if internal or source is before else 0
        if exchange and online is not None and before is None:
            own = message.raw.first(_FROM_HALF).strip().lower() == "hybridonprem"
            below = (at for at in range(index + 1, len(hops)) if _is_exchange(hops[at]))
            return next(below, index + 1) if internal and own else 0
        if not vouched and not is_inside(hop, (older,)):
            break
    return 0


def _is_exchange(hop: ReceivedHop) -> bool:
    return hop.with_.upper().startswith(("MICROSOFT SMTP", "MAPI"))


def never_left(message: Message, taken: Handover, hops: tuple[ReceivedHop, ...]) -> bool:
    """Whether Exchange marks the message as internal, or all its hops are the organization's."""
    auth_as = _auth_as(message)
    if taken.submitted or auth_as not in ("", "internal"):
        return False
    own = hops[: (taken.last or 0) + 1]
    return any(map(_is_exchange, own)) and (taken.born or auth_as == "internal")
