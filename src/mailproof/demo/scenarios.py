"""Common failures that the demo can show, each with the rule that mailproof must report first."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from mailproof.data.reading import read
from mailproof.errors import UsageError

Route = Literal["direct", "esp", "list", "forward"]


class Scenario(Struct, frozen=True):
    """A configuration of the demo to probe.

    ``finding`` is the rule that must come first ("" for none); ``spf`` and ``dmarc`` are acme.example's
    records; ``sign_with`` are the DKIM domains and selectors that the submission server signs with.
    ``revoked`` applies to its DKIM keys, ``expired`` to its certificate; ``refuse`` is its reply to RCPT.
    """

    name: str
    title: str
    finding: str = ""
    spf: tuple[str, ...] = ("v=spf1 ip4:192.0.2.25 mx -all",)
    dmarc: str = "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"
    extra_zone: str = ""
    sign_with: tuple[tuple[str, str], ...] = (("acme.example", "s2026"), ("acme.example", "e2026"))
    revoked: bool = False
    route: Route = "direct"
    return_path: str = "bounce@acme.example"
    expired: bool = False
    starttls: bool = True
    password_right: bool = True
    refuse: str = ""
    fate: Literal["inbox", "junk", "lost", "bounce"] = "inbox"


#: The selector whose key is not published.
UNPUBLISHED = "old2019"

SCENARIOS = read("demo.toml", dict[str, tuple[Scenario, ...]])["scenario"]


def scenario(name: str) -> Scenario:
    """The scenario of that name. Raises UsageError."""
    found = next((each for each in SCENARIOS if each.name == name), None)
    if found is None:
        raise UsageError(f"no scenario {name!r}: choose one of {', '.join(s.name for s in SCENARIOS)}")
    return found
