"""Convert the source of answers between options and what worker processes are sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

from mailproof.bulk.orders import Source
from mailproof.cli import options as opt
from mailproof.config import Config
from mailproof.config.permits import permitted_nameservers


def source_of(dns: opt.DnsOptions, config: Config, named: Callable[[Path], str] = str) -> Source:
    """The source by options and configuration; ``named`` maps a file to its name for the worker process."""
    return Source(
        nameservers=tuple(dns.nameservers or (permitted_nameservers(config) if dns.is_live else ())),
        zones=tuple(map(named, dns.zones or ())),
        input_format=dns.input_format or "",
        offline=dns.offline,
        replay=named(dns.replay) if dns.replay else "",
        validate=dns.validate,
        trust_anchors=named(dns.trust_anchors) if dns.trust_anchors else "",
    )


def read_once_only(dns: opt.DnsOptions) -> tuple[Path, ...]:
    """The given files that worker processes cannot read too: pipes."""
    given = (*(dns.zones or ()), dns.replay, dns.trust_anchors)
    return tuple(each for each in given if each is not None and each.is_fifo())


def options_of(source: Source) -> opt.DnsOptions:
    """The options for a source."""
    return opt.DnsOptions(
        nameservers=list(source.nameservers) or None,
        zones=[Path(each) for each in source.zones] or None,
        input_format=cast("opt.InputFormat | None", source.input_format or None),
        offline=source.offline,
        replay=Path(source.replay) if source.replay else None,
        validate=source.validate,
        trust_anchors=Path(source.trust_anchors) if source.trust_anchors else None,
    )
