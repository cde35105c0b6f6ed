"""The system's DNS configuration (resolv.conf)."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from mailproof.dns.live.nameserver import parse_nameserver
from mailproof.errors import UsageError

RESOLV_CONF = Path("/etc/resolv.conf")
_MAX_BYTES = 65536
_MAX_SERVERS = 8


class SystemConfig(Struct, frozen=True):
    """Name servers, seconds to wait for one answer, and attempts; None: not configured."""

    nameservers: tuple[str, ...]
    timeout: float | None = None
    attempts: int | None = None


def system_config(path: Path = RESOLV_CONF) -> SystemConfig:
    """Read ``resolv.conf`` (resolv.conf(5)). Raises UsageError if it names no name server.

    ``search`` and ``ndots`` are ignored on purpose: mailproof queries absolute names only. There is no
    fallback to a public resolver, nor to localhost.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_MAX_BYTES).decode("utf-8", "replace")
    except OSError as error:
        why = error.strerror or "cannot be read"
        raise UsageError(
            f"no name server is configured ({path}: {why}); give one with --nameserver"
        ) from error
    config = parse_resolv_conf(text)
    if not config.nameservers:
        raise UsageError(f"no name server is configured ({path} names none); give one with --nameserver")
    return config


def parse_resolv_conf(text: str) -> SystemConfig:
    """Parse the options that matter here; unknown lines and addresses that are none are ignored, as by the C
    library. ``use-vc``: TCP only, on networks where UDP does not pass."""
    servers: list[str] = []
    scheme = ""
    timeout: float | None = None
    attempts: int | None = None
    for line in text.splitlines():
        words = line.split("#")[0].split(";")[0].split()
        if len(words) >= 2 and words[0] == "nameserver":
            with suppress(UsageError):
                servers.append(parse_nameserver(words[1]).text)
        elif words and words[0] == "options":
            for option in words[1:]:
                key, _, value = option.partition(":")
                scheme = "tcp://" if key == "use-vc" else scheme
                if not (value.isascii() and value.isdigit()):
                    continue
                if key == "timeout":
                    timeout = float(min(max(int(value[:4]), 1), 30))
                elif key == "attempts":
                    attempts = min(max(int(value[:4]), 1), 5)
    unique = dict.fromkeys(scheme + server for server in servers)
    return SystemConfig(tuple(unique)[:_MAX_SERVERS], timeout, attempts)
