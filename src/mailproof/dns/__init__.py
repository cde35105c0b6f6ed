"""The one DNS layer: every look-up of mailproof passes through a Resolver."""

from mailproof.dns.answer import Answer, Resolver
from mailproof.dns.memo import MemoResolver

__all__ = ["Answer", "MemoResolver", "Resolver"]
