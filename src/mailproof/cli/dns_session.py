"""The resolver that the DNS options ask for, and the recording of what it answered."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mailproof.cli.streams import complain
from mailproof.errors import SnapshotError, UsageError
from mailproof.frozen import frozen

if TYPE_CHECKING:
    from mailproof.config import Config
    from mailproof.dns import Resolver


@frozen
class DnsOptions:
    """The DNS options of a command, as given. ``timeout`` is a single query's, in seconds."""

    nameservers: tuple[str, ...] = ()
    zones: tuple[Path, ...] = ()
    offline: bool = False
    record: Path | None = None
    replay: Path | None = None
    timeout: float = 2.0

    @classmethod
    def of(
        cls,
        config: Config,
        nameservers: Sequence[str] | None,
        zones: Sequence[Path] | None,
        offline: bool,
        record: Path | None,
        replay: Path | None,
    ) -> DnsOptions:
        """The options as given, with the configuration below them; checked."""
        # A configured name server is for live questions: --offline and --replay ask none.
        configured = () if offline or replay is not None else config.nameservers
        options = cls(tuple(nameservers or configured), tuple(zones or ()), offline, record, replay)
        options.check()
        return options

    def check(self) -> None:
        """Raises UsageError where options contradict each other."""
        if self.replay is not None and (self.nameservers or self.record):
            raise UsageError("--replay answers from its file alone: leave --nameserver and --record out")
        if self.record is not None and not self.record.absolute().parent.is_dir():
            raise UsageError(f"--record {self.record}: the folder {self.record.parent} does not exist")
        if self.offline and self.nameservers:
            raise UsageError("--offline asks no name server: leave --nameserver out")
        if self.offline and not self.zones:
            raise UsageError("--offline needs zone files to answer from: give --zone FILE")


@frozen
class DnsSession:
    """A resolver, and the time that a replayed recording was made."""

    resolver: Resolver
    now: datetime | None = None


@asynccontextmanager
async def dns_session(options: DnsOptions) -> AsyncIterator[DnsSession]:
    """Open what the options ask for. On leaving, sockets are closed and the recording is written."""
    from mailproof.dns import OverlayResolver, SnapshotResolver, UnaskedResolver, ZoneResolver
    from mailproof.dns.patch import PatchResolver, read_patch_files

    options.check()
    files, patches = read_patch_files(options.zones)
    zones = ZoneResolver.from_files(*files) if files else None
    live = None
    now = None
    resolver: Resolver
    if options.replay is not None:
        snapshot = SnapshotResolver.load(options.replay)
        resolver, now = snapshot, snapshot.snapshot.recorded
    elif options.offline:
        resolver = UnaskedResolver(origins=zones.origins if zones is not None else ())
    else:
        from mailproof.dns import LiveResolver

        live = LiveResolver(nameservers=options.nameservers or None, timeout=options.timeout)
        resolver = live
    if zones is not None:
        resolver = OverlayResolver(zones, resolver)
    if patches:
        resolver = PatchResolver(resolver, patches)
    recording = SnapshotResolver.record(resolver) if options.record is not None else None
    try:
        yield DnsSession(recording or resolver, recording.recorded if recording is not None else now)
    finally:
        if live is not None:
            await live.aclose()
        if recording is not None and options.record is not None:
            try:
                recording.save(options.record)
            except SnapshotError as error:
                complain(str(error))  # the report is more than its recording, and not to be lost with it
