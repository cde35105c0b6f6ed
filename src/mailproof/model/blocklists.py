"""What DNS blocklists say of the domain and of its addresses (RFC 5782)."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from mailproof.model.lookup import Lookup

ListingStatus = Literal["listed", "clear", "refused", "unusable", "unknown"]
ListedRole = Literal["sending", "mx", "domain"]


class BlocklistCode(Struct, frozen=True):
    """A return code and its meaning. ``policy``: the address should not send directly; no abuse was seen."""

    code: str
    meaning: str
    policy: bool = False


class Listing(Struct, frozen=True):
    """What one list says of one address or domain.

    ``refused``: the list answered that it does not accept such a query (through a public resolver, too many
    of them). ``unusable``: the list fails its own test entries (RFC 5782 section 5), so its answers don't
    count. ``text`` is the list's own explanation.
    """

    blocklist: str
    subject: str
    role: ListedRole
    status: ListingStatus
    lookup: Lookup
    codes: tuple[BlocklistCode, ...] = ()
    text: str = ""
    reason: str = ""
    host: str = ""
    major: bool = False
    removal: str = ""


class BlocklistFacts(Struct, frozen=True):
    """The lists queried, by name, and their results. ``left_out``: pairs of a skipped list and the reason."""

    list_date: str
    asked: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    listings: tuple[Listing, ...] = ()
    addresses_left_out: tuple[str, ...] = ()
