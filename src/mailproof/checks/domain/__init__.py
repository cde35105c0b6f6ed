"""The rules of the topic domain, one a file."""

from mailproof.checks.base import Check
from mailproof.model import DomainFacts

CHECKS: tuple[Check[DomainFacts], ...] = ()
