"""The rules of the topic delivery, one a file."""

from mailproof.checks.base import Check
from mailproof.model import DeliveryFacts

CHECKS: tuple[Check[DeliveryFacts], ...] = ()
