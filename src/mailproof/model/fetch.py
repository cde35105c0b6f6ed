"""The result of fetching one HTTPS URL, without its contents."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from mailproof.model.lookup import Lookup
from mailproof.model.tls import CertificateFacts, StrictFault

#: ``unresolved``: the DNS lookups failed; ``no-address``: the host has none; ``refused-address``: none that
#: we may connect to; ``protocol``: the response is not valid HTTP.
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
    """One GET. ``status`` is the HTTP status (0 without a response); ``location`` the target of a redirect.

    ``problem`` is a sentence without a full stop, empty on success; ``problem_code`` names the fault
    of a certificate (``expired``, ``wrong-name``, ``untrusted``, …); ``chain`` holds the certificates served,
    leaf first; ``strict_faults`` what strict verification finds wrong with them (None: not checked); ``size``
    counts the octets of the contents; ``lookups`` are those of the host's addresses.
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
        """Whether the network may be at fault rather than the server."""
        return self.kind in ("unresolved", "timeout", "unreachable")

    def describe(self) -> str:
        """One line: the request and its result."""
        return f"GET {self.url}: {self.problem or f'HTTP {self.status}, {self.size} octets'}"
