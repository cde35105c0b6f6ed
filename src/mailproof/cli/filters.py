"""Choose the spam filters: the configured ones, overridden by options."""

from __future__ import annotations

from pathlib import Path

from mailproof.cli.profile import host_and_port
from mailproof.config import FilterSettings, RspamdSettings, SpamAssassinSettings
from mailproof.config.filters import RSPAMD_PORT, url_problem
from mailproof.errors import UsageError
from mailproof.printable import host_port
from mailproof.structs import replace


def chosen_filters(base: FilterSettings, spamassassin: str | None, rspamd: str | None) -> FilterSettings:
    """``base`` with servers from the options. Raises UsageError."""
    if spamassassin is not None:
        base = replace(base, spamassassin=_spamd(base.spamassassin or SpamAssassinSettings(), spamassassin))
    if rspamd is not None:
        base = replace(base, rspamd=_rspamd(base.rspamd or RspamdSettings(), rspamd))
    return base


def _spamd(base: SpamAssassinSettings, place: str) -> SpamAssassinSettings:
    if "/" in place:
        return replace(base, host="", port=0, path=Path(place))
    host, port = host_and_port(place, "--spamassassin")
    if not host.strip():
        raise UsageError("--spamassassin names no server: give a host, host:port or the path of a socket")
    return replace(base, host=host, port=port, path=None)


def _rspamd(base: RspamdSettings, url: str) -> RspamdSettings:
    if url and "://" not in url and "/" not in url:
        host, port = host_and_port(url, "--rspamd")
        url = f"http://{host_port(host, port or RSPAMD_PORT)}"
    if problem := url_problem(url):
        raise UsageError(f"--rspamd: {problem}" if url else "--rspamd names no server: give its URL")
    # A password is only for the server with which it was configured.
    return base if url == base.url else replace(base, url=url, password=None, ca_file=None)
