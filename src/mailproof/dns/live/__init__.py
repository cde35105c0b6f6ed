"""Live DNS: a client made for thousands of questions in flight."""

from mailproof.dns.live.resolver import LiveResolver

__all__ = ["LiveResolver"]
