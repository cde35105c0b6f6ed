"""All rules, in explicit tuples: nothing is found by magic.

A run needs the rules of one kind of facts; each tuple is imported when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailproof.checks.base import Check

if TYPE_CHECKING:
    from mailproof.model import DeliveryFacts, DomainFacts, MessageFacts

    DOMAIN_CHECKS: tuple[Check[DomainFacts], ...]
    MESSAGE_CHECKS: tuple[Check[MessageFacts], ...]
    DELIVERY_CHECKS: tuple[Check[DeliveryFacts], ...]
    CHECKS: tuple[Check[DomainFacts] | Check[MessageFacts] | Check[DeliveryFacts], ...]

__all__ = ["CHECKS", "DELIVERY_CHECKS", "DOMAIN_CHECKS", "MESSAGE_CHECKS"]


def _domain() -> tuple[Check[DomainFacts], ...]:
    from mailproof.checks import (
        bimi,
        blocklist,
        dane,
        dkim,
        dmarc,
        dns,
        domain,
        mta_sts,
        mx,
        profile,
        receivers,
        spf,
        tls_rpt,
        transport,
    )

    return (
        *domain.CHECKS,
        *spf.CHECKS,
        *dkim.CHECKS,
        *dmarc.CHECKS,
        *mx.CHECKS,
        *transport.CHECKS,
        *dane.CHECKS,
        *mta_sts.CHECKS,
        *tls_rpt.CHECKS,
        *bimi.CHECKS,
        *dns.CHECKS,
        *blocklist.CHECKS,
        *profile.CHECKS,
        *receivers.CHECKS,
    )


def _message() -> tuple[Check[MessageFacts], ...]:
    from mailproof.checks import message

    return message.CHECKS


def _delivery() -> tuple[Check[DeliveryFacts], ...]:
    from mailproof.checks import delivery

    return delivery.CHECKS


def _all() -> tuple[Check[DomainFacts] | Check[MessageFacts] | Check[DeliveryFacts], ...]:
    return (*_domain(), *_message(), *_delivery())


_TUPLES = {
    "DOMAIN_CHECKS": _domain,
    "MESSAGE_CHECKS": _message,
    "DELIVERY_CHECKS": _delivery,
    "CHECKS": _all,
}


def __getattr__(name: str) -> object:
    """The tuple of that name, made once."""
    if name not in _TUPLES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = _TUPLES[name]()
    globals()[name] = value
    return value
