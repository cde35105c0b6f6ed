"""All rules, in explicit tuples: nothing is found by magic."""

from mailproof.checks import delivery, dkim, dmarc, domain, message, mx, spf
from mailproof.checks.base import Check
from mailproof.model import DeliveryFacts, DomainFacts, MessageFacts

DOMAIN_CHECKS: tuple[Check[DomainFacts], ...] = (
    *domain.CHECKS,
    *spf.CHECKS,
    *dkim.CHECKS,
    *dmarc.CHECKS,
    *mx.CHECKS,
)
MESSAGE_CHECKS: tuple[Check[MessageFacts], ...] = message.CHECKS
DELIVERY_CHECKS: tuple[Check[DeliveryFacts], ...] = delivery.CHECKS

CHECKS: tuple[Check[DomainFacts] | Check[MessageFacts] | Check[DeliveryFacts], ...] = (
    *DOMAIN_CHECKS,
    *MESSAGE_CHECKS,
    *DELIVERY_CHECKS,
)

__all__ = ["CHECKS", "DELIVERY_CHECKS", "DOMAIN_CHECKS", "MESSAGE_CHECKS"]
