"""A certificate authority of our own for servers on loopback."""

from __future__ import annotations

import ssl
from pathlib import Path

from tests.support.tls import Authority


class TestCA(Authority):
    """Gives servers' contexts."""

    __test__ = False

    @classmethod
    def new(cls, folder: Path) -> TestCA:
        return cls(folder)

    def server(self, *names: str, days: int = 10, alpn: tuple[str, ...] = ()) -> ssl.SSLContext:
        """A server's context with a certificate for these names and addresses; ``days`` < 0: expired."""
        return self.issue(*names, days=days).context(alpn)
