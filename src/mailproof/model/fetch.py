"""What came of fetching one HTTPS address, without its contents."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from mailproof.model.lookup import Lookup
from mailproof.model.tls import CertificateFacts, StrictFault

#: ``unresolved``: the DNS lookups failed; ``no-address``: the host has none; ``refused-address``: no address
#: that may be connected to; ``protocol``: the answer is not valid HTTP.
FetchKind = Literal[
    "ok",
    "bad-url",
    "unresolved",
    "no-address",
    "refused-address",
    "refused",
    "timeout",
    "unreachable",
    "certificate",
    "tls",
    "protocol",
    "redirect",
    "status",
    "too-large",
]


class FetchFacts(Struct, frozen=True):
    """One GET. ``status`` is HTTP's (0 where none came); ``location`` where a redirect leads.

    ``problem`` is a sentence without a full stop, empty where all went well; ``problem_code`` names the fault
    of a certificate (``expired``, ``wrong-name``, ``untrusted``, …); ``chain`` the certificates served, leaf
    first; ``strict_faults`` what strict verification has against them (None: not checked); ``size`` the
    octets of the contents; ``lookups`` the questions about the host's addresses.
    """

    url: str
    kind: FetchKind
    status: int = 0
    media_type: str = ""
    size: int = 0
    address: str = ""
    location: str = ""
    problem: str = ""
    problem_code: str = ""
    chain: tuple[CertificateFacts, ...] = ()
    strict_faults: tuple[StrictFault, ...] | None = None
    lookups: tuple[Lookup, ...] = ()
    elapsed_ms: float = 0.0

    @property
    def ok(self) -> bool:
        return self.kind == "ok"

    @property
    def undetermined(self) -> bool:
        """Whether the trouble may be on our way there, so that it says nothing about the server."""
        return self.kind in ("unresolved", "timeout", "unreachable")

    def describe(self) -> str:
        """One line: what was asked for, and what came of it."""
        return f"GET {self.url}: {self.problem or f'HTTP {self.status}, {self.size} octets'}"
