"""The rules of the topic message, one a file."""

from mailproof.checks.base import Check
from mailproof.model import MessageFacts

CHECKS: tuple[Check[MessageFacts], ...] = ()
