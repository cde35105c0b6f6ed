"""What the verdict hangs on, and whether it is known: without it there is no grade."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from mailproof.model.lookup import STATUS_SHORT, Lookup

if TYPE_CHECKING:
    from mailproof.model.delivery import DeliveryFacts
    from mailproof.model.domain import DomainFacts
    from mailproof.model.message import MessageFacts

#: DKIM selectors that someone named, not a list of usual ones.
_NAMED = ("given", "message")


class Deciding(Struct, frozen=True):
    """Something that the verdict hangs on. ``failed`` is the lookup without which it is not known."""

    what: str
    known: bool
    failed: Lookup | None = None

    @property
    def why(self) -> str:
        """Why it is not known, in short; "" where no lookup says so."""
        return STATUS_SHORT[self.failed.status] if self.failed is not None and not self.known else ""


def deciding(
    dns: DomainFacts | None, message: MessageFacts | None, delivery: DeliveryFacts | None
) -> tuple[Deciding, ...]:
    """All that decides about a domain, a message, or both in a probe."""
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
    yield _by("the SPF record", root)
    for lookup in spf.unknown if spf is not None else ():
        if lookup != root:
            yield _by(f"part of the SPF record ({lookup.rrtype} {lookup.name})", lookup)
    if dmarc is None:
        yield Deciding("the DMARC record", known=False)
    else:
        yield Deciding("the DMARC record", known=dmarc.unknown is None, failed=dmarc.unknown)
    yield _by("the MX records", mx)
    for key in facts.dkim:
        if key.origin in _NAMED and key.status == "unknown":
            yield _by(f"the DKIM key at {key.name}", key.lookup)


def _of_message(facts: MessageFacts) -> Iterator[Deciding]:
    if facts.bounce is not None and facts.handover is None:
        return  # a bounce of one's own server: no other has checked it, and none has to
    if facts.inside or facts.is_report:
        return  # nor mail that never left one organization, nor what others report
    if facts.spf is not None:
        failed = facts.spf.failed
        yield Deciding(f"SPF of {facts.spf.domain}", known=facts.spf.result != "temperror", failed=failed)
    for verdict in facts.dkim:
        lookup = verdict.key_lookup
        what = f"the DKIM key at {verdict.key_name}"
        if lookup is not None:
            yield _by(what, lookup)
    dmarc = facts.dmarc
    if dmarc is None or dmarc.result == "temperror":
        walk = dmarc.walk if dmarc is not None and not dmarc.policy_domain else None
        yield Deciding("whether DMARC passes", known=False, failed=walk.unknown if walk is not None else None)
    else:
        yield Deciding("whether DMARC passes", known=True)


def _by(what: str, lookup: Lookup | None) -> Deciding:
    """Known by a lookup; None where the time was over before there was one."""
    failed = lookup if lookup is not None and lookup.undetermined else None
    return Deciding(what, known=lookup is not None and failed is None, failed=failed)
