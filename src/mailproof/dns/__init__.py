"""The one DNS layer: every look-up of mailproof passes through a Resolver."""

from mailproof.dns.answer import Answer, Resolver
from mailproof.dns.memo import MemoResolver
from mailproof.dns.overlay import OverlayResolver
from mailproof.dns.snapshot import RecordingResolver, Snapshot, SnapshotResolver
from mailproof.dns.zone.limits import ZoneLimits
from mailproof.dns.zonefile import ZoneFile, ZoneResolver

__all__ = [
    "Answer",
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
