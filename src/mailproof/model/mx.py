"""The facts of the hosts that receive a domain's mail (RFC 5321 section 5, RFC 7505)."""

from __future__ import annotations

from msgspec import Struct

from mailproof.model.lookup import Lookup


class AddressFacts(Struct, frozen=True):
    """An address of a host, its PTR names, and whether one resolves back to it (forward confirmation).

    ``confirmed`` is None if it could not be checked.
    """

    address: str
    ptr: Lookup | None = None
    forward: tuple[Lookup, ...] = ()
    confirmed: bool | None = None


class MxHostFacts(Struct, frozen=True):
    """One MX record. ``host`` is "." for a null MX; ``cname`` the names that it is an alias of, in order.

    ``implicit``: there is no MX, so the domain's own addresses are used (RFC 5321 section 5.1).
    ``meant`` is the host that was probably meant, if the name as written has no address and this one has, or
    is a provider's: for example, the final dot is missing, so the domain was appended.
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
        """The address lookups that were made."""
        return tuple(lookup for lookup in (self.a, self.aaaa) if lookup is not None)


class SendingHostFacts(Struct, frozen=True):
    """An address that the user says mail is sent from (``--ip``), and its SPF result.

    ``spf_failed`` is the failed lookup behind a ``temperror``.
    """

    address: AddressFacts
    spf_result: str = ""
    spf_reason: str = ""
    spf_failed: Lookup | None = None
