"""The demo's DNS data: a sender, a mail service, a list, a forwarder, a receiver."""

from __future__ import annotations

from importlib import resources

from mailproof.demo.scenarios import Scenario

#: The pretended addresses of the hosts, the same as in ``data/demo.zone``.
SENDER = "192.0.2.25"
ESP = "198.51.100.50"
LIST = "198.51.100.9"
FORWARDER = "198.51.100.7"
RECEIVER = "203.0.113.25"


def zone_text(scenario: Scenario, keys: tuple[tuple[str, str], ...]) -> str:
    """All DNS data of the demo as one zone file. ``keys`` are pairs of a DKIM name and its record."""
    lines = ["$TTL 3600", "$ORIGIN ."]
    lines += [_txt("acme.example", record) for record in scenario.spf]
    if scenario.dmarc:
        lines.append(_txt("_dmarc.acme.example", scenario.dmarc))
    lines += [_txt(name, record) for name, record in keys]
    lines.append(scenario.extra_zone)
    rest = resources.files("mailproof.data").joinpath("demo.zone").read_text("utf-8")
    return "\n".join((*lines, rest))


def _txt(name: str, text: str) -> str:
    strings = " ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255))
    return f"{name}. 3600 IN TXT {strings}"
