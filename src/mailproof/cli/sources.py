"""Where answers come from, as options have it and as a worker process is given it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

from mailproof.bulk.orders import Source
from mailproof.cli import options as opt


def source_of(dns: opt.DnsOptions, named: Callable[[Path], str] = str) -> Source:
    """What the options ask for; ``named`` is a file's name as the worker's process reads it."""
    return Source(
        nameservers=tuple(dns.nameservers or ()),
        zones=tuple(map(named, dns.zones or ())),
        input_format=dns.form,
        offline=dns.offline,
        replay=named(dns.replay) if dns.replay else "",
        validate=dns.validate,
        trust_anchors=named(dns.trust_anchors) if dns.trust_anchors else "",
    )


def options_of(source: Source) -> opt.DnsOptions:
    """The options that ask for it."""
    return opt.DnsOptions(
        nameservers=list(source.nameservers) or None,
        zones=[Path(each) for each in source.zones] or None,
        input_format=cast("opt.InputFormat | None", source.input_format or None),
        offline=source.offline,
        replay=Path(source.replay) if source.replay else None,
        validate=source.validate,
        trust_anchors=Path(source.trust_anchors) if source.trust_anchors else None,
    )
