"""What DNS blocklists say of the domain and of its addresses (RFC 5782)."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from mailproof.model.lookup import Lookup

ListingStatus = Literal["listed", "clear", "refused", "unusable", "unknown"]
ListedRole = Literal["sending", "mx", "domain"]


class BlocklistCode(Struct, frozen=True):
    """An answer of a list and its meaning. ``policy``: not meant to send directly; no abuse was seen."""

    code: str
    meaning: str
    policy: bool = False


class Listing(Struct, frozen=True):
    """What one list says of one address or domain.

    ``refused``: the list answered that it may not be asked like this. ``unusable``: the list fails its own
    test entries (RFC 5782 section 5), so that nothing it says counts. ``text`` is the list's own explanation.
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
    """The lists that were asked, by name, and what they said. ``left_out``: pairs of a list and why not."""

    list_date: str
    asked: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    listings: tuple[Listing, ...] = ()
    addresses_left_out: tuple[str, ...] = ()
