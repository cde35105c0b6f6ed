"""Open a session according to the DNS options, and record the answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from mailproof.cli.options import DnsOptions
from mailproof.cli.streams import complain
from mailproof.engine.session import NO_POLICY, Session
from mailproof.errors import SnapshotError, UsageError
from mailproof.files import check_writable

if TYPE_CHECKING:
    from datetime import datetime

    from mailproof.config import Config
    from mailproof.dns import LiveResolver, Resolver, ZoneFile, ZoneResolver
    from mailproof.dns.answer import Key
    from mailproof.dns.patch import Patch
    from mailproof.dns.rate import Pace
    from mailproof.facts.stop import Stop
    from mailproof.policy import Policy

#: Time limit for one query to a name server, in seconds.
QUERY_TIMEOUT = 2.0


def check_dns(options: DnsOptions, *, transfers: bool = False, assumes: bool = False) -> None:
    """Raises UsageError if options contradict each other.

    ``transfers`` and ``assumes``: zones are transferred, and other options give records.
    """
    if options.replay is not None and (options.nameservers or options.record):
        raise UsageError("--replay uses its file only: remove --nameserver and --record")
    if options.record is not None:
        check_writable(f"--record {options.record}", options.record)
    if options.offline and options.nameservers:
        raise UsageError("--offline queries no name server: remove --nameserver")
    if (options.validate or options.trust_anchors is not None) and (options.offline or options.replay):
        raise UsageError("--validate needs live DNS: remove --offline and --replay")
    if options.input_format is not None and not options.zones:
        raise UsageError("--input-format is the format of --zone files: give --zone FILE")
    if options.replay is not None and transfers:
        raise UsageError("--replay uses its file only: remove --axfr")
    if options.offline and not (options.zones or options.replay or transfers or assumes):
        raise UsageError("--offline needs zone files to answer from: give --zone FILE")


@asynccontextmanager
async def open_session(
    options: DnsOptions,
    config: Config,
    stop: Stop,
    *,
    policy: Policy | None = None,
    limit: float | None = None,
    changes: Mapping[Key, Patch] | None = None,
    transferred: tuple[ZoneFile, ...] = (),
    pace: Pace | None = None,
    aloud: bool = True,
) -> AsyncIterator[Session]:
    """Open a session. On exit, sockets are closed and the recording is written.

    ``changes`` are record sets that are assumed in place of all others, ``transferred`` additional zones.
    ``pace`` limits the rate of queries to live name servers. With ``aloud``, a note on stderr reports what
    was not read from zone files.
    """
    check_dns(options, transfers=bool(transferred), assumes=bool(changes))
    zones, patches = options.given.read()
    options.given.hide_and_report(aloud=aloud)
    if transferred:
        from mailproof.dns import ZoneResolver

        zones = ZoneResolver(*options.given.files(), *transferred)
    resolver, now, live = _resolver(options, config, zones, pace)
    if zones is not None and (options.replay is not None or not options.offline):
        from mailproof.dns import OverlayResolver

        resolver = OverlayResolver(zones, resolver)
    if patches or changes:
        from mailproof.dns.patch import PatchResolver

        resolver = PatchResolver(resolver, {**patches, **(changes or {})})
    recording = None
    if options.record is not None:
        from mailproof.dns import RecordingResolver

        recording = RecordingResolver(resolver)
        resolver, now = recording, recording.recorded
    try:
        async with Session(
            resolver, config, now=now, stop=stop, limit=limit, policy=policy or NO_POLICY
        ) as session:
            yield session
    finally:
        if live is not None:
            await live.aclose()
        if recording is not None and options.record is not None:
            try:
                recording.save(options.record)
            except SnapshotError as error:
                complain(str(error))  # a failed recording must not cost the report


def _resolver(
    options: DnsOptions, config: Config, zones: ZoneResolver | None, pace: Pace | None
) -> tuple[Resolver, datetime | None, LiveResolver | None]:
    """The selected resolver, the time of a recording's answers, and the live resolver to be closed."""
    if options.replay is not None:
        from mailproof.dns import SnapshotResolver

        recorded = SnapshotResolver.load(options.replay)
        return recorded, recorded.snapshot.recorded, None
    if options.offline:
        from mailproof.dns import ZoneResolver

        return zones or ZoneResolver(), None, None
    from mailproof.dns.rate import RateResolver

    live = _live(options, config)
    return RateResolver(live, pace) if pace is not None else live, None, live


def _live(options: DnsOptions, config: Config) -> LiveResolver:
    from mailproof.config.permits import permitted_nameservers
    from mailproof.dns import LiveResolver

    anchors = None
    if options.trust_anchors is not None:
        from mailproof.dns.anchors import TrustAnchors

        anchors = TrustAnchors.from_file(options.trust_anchors)
    return LiveResolver(
        nameservers=tuple(options.nameservers or permitted_nameservers(config)) or None,
        timeout=QUERY_TIMEOUT,
        validate=options.validate or anchors is not None,
        trust_anchors=anchors,
    )
