"""How a TLS connection is verified."""

from __future__ import annotations

from pathlib import Path

from mailproof.frozen import frozen


@frozen
class TlsSettings:
    """How TLS is verified. ``server_name`` is what the certificate must be for.

    ``legacy`` lets in what is too weak for use, to learn what a server speaks; nothing is sent over it.
    """

    server_name: str
    ca_file: Path | None = None
    verify: bool = True
    legacy: bool = False
