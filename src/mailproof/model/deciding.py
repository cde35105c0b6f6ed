"""What the verdict depends on, and whether it is known: without it there is no grade."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from mailproof.model.lookup import STATUS_SHORT, Lookup

if TYPE_CHECKING:
    from mailproof.model.delivery import DeliveryFacts
    from mailproof.model.domain import DomainFacts
    from mailproof.model.message import MessageFacts

#: Origins of DKIM selectors that were named, rather than guessed from a list of common ones.
_NAMED = ("given", "message")


class Deciding(Struct, frozen=True):
    """Something that the verdict depends on. ``failed`` is the lookup whose failure leaves it unknown."""

    what: str
    known: bool
    failed: Lookup | None = None

    @property
    def why(self) -> str:
        """Why it is unknown, in short; "" if no failed lookup explains it."""
        return STATUS_SHORT[self.failed.status] if self.failed is not None and not self.known else ""


def deciding(
    dns: DomainFacts | None, message: MessageFacts | None, delivery: DeliveryFacts | None
) -> tuple[Deciding, ...]:
    """Everything the verdict on a domain, a message, or both (a probe) depends on."""
    found: list[Deciding] = []
    if dns is not None:
        found += _of_domain(dns)
    if message is not None:
        found += _of_message(message)
    elif delivery is not None:
        found.append(Deciding("how the message arrives", known=False))
    return tuple(found)


def _of_domain(facts: DomainFacts) -> Iterator[Deciding]:
    spf, dmarc, mx = facts.spf, facts.dmarc, facts.mx_lookup
    root = spf.root.lookup if spf is not None else None
    yield _by_lookup("the SPF record", root)
    for lookup in spf.unknown if spf is not None else ():
        if lookup != root:
            yield _by_lookup(f"part of the SPF record ({lookup.rrtype} {lookup.name})", lookup)
    if dmarc is None:
        yield Deciding("the DMARC record", known=False)
    else:
        yield Deciding("the DMARC record", known=dmarc.unknown is None, failed=dmarc.unknown)
    yield _by_lookup("the MX records", mx)
    for key in facts.dkim:
        if key.origin in _NAMED and key.status == "unknown":
            yield _by_lookup(f"the DKIM key at {key.name}", key.lookup)


def _of_message(facts: MessageFacts) -> Iterator[Deciding]:
    if facts.bounce is not None and facts.handover is None:
        return  # a bounce by our own server: no other server checks it
    if facts.inside or facts.is_report:
        return  # likewise mail that never left one organization, and reports
    if facts.spf is not None:
        failed = facts.spf.failed
        yield Deciding(f"SPF of {facts.spf.domain}", known=facts.spf.result != "temperror", failed=failed)
    for verdict in facts.dkim:
        lookup = verdict.key_lookup
        what = f"the DKIM key at {verdict.key_name}"
        if lookup is not None:
            yield _by_lookup(what, lookup)
    dmarc = facts.dmarc
    if dmarc is None or dmarc.result == "temperror":
        walk = dmarc.walk if dmarc is not None and not dmarc.policy_domain else None
        yield Deciding("whether DMARC passes", known=False, failed=walk.unknown if walk is not None else None)
    else:
        yield Deciding("whether DMARC passes", known=True)


def _by_lookup(what: str, lookup: Lookup | None) -> Deciding:
    """Known if the lookup was answered; ``lookup`` is None if time ran out before it was made."""
    failed = lookup if lookup is not None and lookup.undetermined else None
    return Deciding(what, known=lookup is not None and failed is None, failed=failed)
