"""What is known of the hosts that take a domain's mail (RFC 5321 section 5, RFC 7505)."""

from __future__ import annotations

from msgspec import Struct

from mailproof.model.lookup import Lookup


class AddressFacts(Struct, frozen=True):
    """An address of a host, its PTR names, and which of these lead back to it (forward confirmation).

    ``confirmed`` is None where it could not be checked.
    """

    address: str
    ptr: Lookup | None = None
    forward: tuple[Lookup, ...] = ()
    confirmed: bool | None = None


class MxHostFacts(Struct, frozen=True):
    """One MX record. ``host`` is "." for a null MX; ``cname`` the names that it is an alias of, in order.

    ``implicit``: there is no MX, so the domain's own addresses are used (RFC 5321 section 5.1).
    ``meant`` is the host that was meant, where the name as written has no address, and that one has one or is
    a provider's: the final dot is missing, say, and the domain was added.
    """

    preference: int
    host: str
    a: Lookup | None = None
    aaaa: Lookup | None = None
    cname: tuple[str, ...] = ()
    addresses: tuple[AddressFacts, ...] = ()
    implicit: bool = False
    meant: str = ""

    @property
    def lookups(self) -> tuple[Lookup, ...]:
        """The lookups of its addresses that were made."""
        return tuple(lookup for lookup in (self.a, self.aaaa) if lookup is not None)


class SendingHostFacts(Struct, frozen=True):
    """An address that the user says mail is sent from (``--ip``), and what SPF says of it.

    ``spf_failed`` is the question without an answer behind a ``temperror``.
    """

    address: AddressFacts
    spf_result: str = ""
    spf_reason: str = ""
    spf_failed: Lookup | None = None
