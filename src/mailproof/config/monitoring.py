"""What is monitored and how: the table ``[monitor]`` of mailproof.toml."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from mailproof.choices import WebhookKind
from mailproof.config.durations import Window, seconds, window
from mailproof.config.limits import Problem, Seconds, Strings
from mailproof.credentials import Credential

#: How many consecutive checks it may take until a change counts.
Checks = Annotated[int, Meta(ge=1, le=100)]
#: The shortest interval, in seconds: a monitor must not burden the servers it queries.
MIN_INTERVAL = 10.0


class WebhookSettings(Struct, frozen=True):
    """Where alerts are sent. The URL is a secret: whoever knows it can post there.

    Addresses of private networks and of this machine are refused without ``allow_private``.
    """

    url: Credential
    kind: WebhookKind = "json"
    allow_private: bool = False
    ca_file: Path | None = None
    timeout: Seconds = 10.0


class MonitorSettings(Struct, frozen=True):
    """How ``mailproof monitor`` works. Durations are texts like ``90s``, ``15m``, ``1h``, ``2d``.

    ``alert_after``: a change counts once this many consecutive checks have seen it. ``remove``: probes are
    deleted from the mailbox once read, whatever their profile says. ``blocklists`` are those to query, by
    name; ``open`` means all that are free to use.
    """

    interval: str = "1h"
    jitter: str = ""
    alert_after: Checks = 2
    silence: Strings = ()
    blocklists: Strings = ()
    state: Path | None = None
    retention: str = "90d"
    listen: str = ""
    textfile: Path | None = None
    remove: bool = True
    webhook: WebhookSettings | None = None

    @property
    def interval_s(self) -> float:
        """The time between two checks of one target."""
        return seconds(self.interval)

    @property
    def jitter_s(self) -> float:
        """How much earlier or later a check may run: by default a tenth of the interval."""
        return seconds(self.jitter) if self.jitter else self.interval_s / 10

    @property
    def retention_s(self) -> float:
        return seconds(self.retention)

    @property
    def windows(self) -> tuple[Window, ...]:
        """Time windows in which nothing is reported."""
        return tuple(map(window, self.silence))


def monitor_problems(settings: MonitorSettings) -> Iterator[Problem]:
    """Faults that the types cannot express: the key's path and a message."""
    valid = True
    for key in ("interval", "jitter", "retention"):
        try:
            text = getattr(settings, key)
            if text:
                seconds(text)
        except ValueError as error:
            valid = False
            yield ("monitor", key), f"'{key}': {error}"
    for each in settings.silence:
        try:
            window(each)
        except ValueError as error:
            yield ("monitor", "silence"), f"'silence': {error}"
    if not valid:
        return
    if settings.interval_s < MIN_INTERVAL:
        yield ("monitor", "interval"), f"'interval' must be at least {MIN_INTERVAL:g}s"
    elif settings.jitter_s > settings.interval_s / 2:
        yield ("monitor", "jitter"), "'jitter' must be at most half of 'interval'"
    if settings.retention_s < settings.interval_s:
        yield ("monitor", "retention"), "'retention' is shorter than 'interval'"
