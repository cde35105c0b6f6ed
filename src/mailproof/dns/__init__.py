"""The DNS layer: every lookup of mailproof goes through a Resolver."""

from typing import TYPE_CHECKING

from mailproof.dns.answer import Answer, GuessingResolver, Resolver
from mailproof.dns.memo import MemoResolver

if TYPE_CHECKING:
    from mailproof.dns.inputs.contents import Contents
    from mailproof.dns.inputs.forms import read_input
    from mailproof.dns.live import LiveResolver
    from mailproof.dns.overlay import OverlayResolver
    from mailproof.dns.snapshot import RecordingResolver, Snapshot, SnapshotResolver
    from mailproof.dns.zone.limits import ZoneLimits
    from mailproof.dns.zonefile import ZoneFile, ZoneResolver

__all__ = [
    "Answer",
    "Contents",
    "GuessingResolver",
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
    "read_input",
]

_HOMES = {
    "Contents": "inputs.contents",
    "LiveResolver": "live",
    "OverlayResolver": "overlay",
    "RecordingResolver": "snapshot",
    "Snapshot": "snapshot",
    "SnapshotResolver": "snapshot",
    "ZoneFile": "zonefile",
    "ZoneLimits": "zone.limits",
    "ZoneResolver": "zonefile",
    "read_input": "inputs.forms",
}


def __getattr__(name: str) -> object:
    """Import resolvers on demand: a run needs one or two of them, and sockets only for the live DNS."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value: object = getattr(importlib.import_module(f"mailproof.dns.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
