"""The one DNS layer: every look-up of mailproof passes through a Resolver."""

from typing import TYPE_CHECKING

from mailproof.dns.answer import Answer, Resolver
from mailproof.dns.memo import MemoResolver
from mailproof.dns.overlay import OverlayResolver
from mailproof.dns.snapshot import RecordingResolver, Snapshot, SnapshotResolver
from mailproof.dns.zone.limits import ZoneLimits
from mailproof.dns.zonefile import ZoneFile, ZoneResolver

if TYPE_CHECKING:
    from mailproof.dns.live import LiveResolver

__all__ = [
    "Answer",
    "LiveResolver",
    "MemoResolver",
    "OverlayResolver",
    "RecordingResolver",
    "Resolver",
    "Snapshot",
    "SnapshotResolver",
    "ZoneFile",
    "ZoneLimits",
    "ZoneResolver",
]


def __getattr__(name: str) -> object:
    """LiveResolver on demand, so that who asks no live server imports no sockets."""
    if name == "LiveResolver":
        from mailproof.dns.live import LiveResolver

        return LiveResolver
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
