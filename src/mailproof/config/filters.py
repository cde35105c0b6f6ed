"""Spam filters that scan a message: the table ``[filters]`` of mailproof.toml."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from mailproof.config.limits import Octets, Port, Seconds
from mailproof.config.urls import server_problem
from mailproof.credentials import Credential
from mailproof.printable import host_port

SPAMD_PORT = 783
RSPAMD_PORT = 11333


class SpamAssassinSettings(Struct, frozen=True):
    """A spamd: a host and port (783 on this machine by default), or the path of its socket.

    ``user`` selects whose preferences apply; messages larger than ``max_size`` octets are not sent (the
    default is spamc's own limit).
    """

    host: str = ""
    port: Port = 0
    path: Path | None = None
    user: str = ""
    timeout: Seconds = 20.0
    max_size: Octets = 512_000

    @property
    def address(self) -> tuple[str, int]:
        """Host and port, with defaults filled in."""
        return self.host or "127.0.0.1", self.port or SPAMD_PORT

    @property
    def server(self) -> str:
        """The address as shown to users."""
        host, port = self.address
        return str(self.path) if self.path else host_port(host, port)


class RspamdSettings(Struct, frozen=True):
    """An Rspamd normal or controller worker, by its http or https URL.

    ``password`` is the controller's; ``ca_file`` holds the CAs to trust instead of the system's. Over http
    the password is sent only to this machine, or elsewhere with ``allow_plaintext_auth``.
    """

    url: str = f"http://127.0.0.1:{RSPAMD_PORT}"
    password: Credential | None = None
    ca_file: Path | None = None
    timeout: Seconds = 20.0
    max_size: Octets = 50_000_000
    allow_plaintext_auth: bool = False


class FilterSettings(Struct, frozen=True):
    """The filters to use; None means not used."""

    spamassassin: SpamAssassinSettings | None = None
    rspamd: RspamdSettings | None = None

    def __bool__(self) -> bool:
        return self.spamassassin is not None or self.rspamd is not None


NO_FILTERS = FilterSettings()


def url_problem(url: str) -> str:
    """Why a URL cannot be Rspamd's; "" if it can."""
    like = f"http://127.0.0.1:{RSPAMD_PORT} or https://rspamd.acme.example"
    return server_problem(url, like=like, instead="'password' in [filters.rspamd]")
