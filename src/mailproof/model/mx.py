"""What is known of the hosts that take a domain's mail (RFC 5321 section 5, RFC 7505)."""

from __future__ import annotations

from dataclasses import dataclass

from mailproof.model.lookup import Lookup


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """An address of a host, its PTR names, and which of these lead back to it (forward confirmation).

    ``confirmed`` is None where it could not be found out.
    """

    address: str
    ptr: Lookup | None = None
    forward: tuple[Lookup, ...] = ()
    confirmed: bool | None = None


@dataclass(frozen=True, slots=True)
class MxHostFacts:
    """One MX record. ``host`` is "." for a null MX; ``cname`` the look-up that shows it to be an alias."""

    preference: int
    host: str
    a: Lookup | None = None
    aaaa: Lookup | None = None
    cname: tuple[str, ...] = ()
    addresses: tuple[AddressFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class SendingHostFacts:
    """An address that the user says mail is sent from (``--ip``)."""

    address: AddressFacts
    spf_result: str = ""
    spf_reason: str = ""
