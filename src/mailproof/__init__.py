"""mailproof: tells whether a domain's e-mail will be believed and delivered, and how to mend it if not.

The public API. Each function has an ``_async`` twin for use inside a running event loop; the plain ones
run a loop of their own and must not be called from one. ``resolver`` may be any object with the ``Resolver``
protocol of ``mailproof.dns``; None means the name servers of this machine's configuration.
"""

from __future__ import annotations

from mailproof._version import __version__

TYPE_CHECKING = False  # typing.TYPE_CHECKING, without the time that importing typing takes
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mailproof.config import Config, FilterSettings
    from mailproof.dns import Resolver
    from mailproof.model import Report, SpfVerdict

__all__ = [
    "__version__",
    "audit",
    "audit_async",
    "check_host",
    "check_host_async",
    "probe",
    "probe_async",
    "verify",
    "verify_async",
]


async def audit_async(
    domain: str,
    resolver: Resolver | None = None,
    config: Config | None = None,
    *,
    selectors: tuple[str, ...] = (),
    ips: tuple[str, ...] = (),
    second_opinion: bool = False,
    now: datetime | None = None,
    connect: bool | None = None,
    profile: str = "auto",
    subdomains: tuple[str, ...] = (),
    receivers: tuple[str, ...] = (),
    blocklists: tuple[str, ...] = (),
    all_selectors: bool = False,
) -> Report:
    """Audit a domain: SPF, DKIM, DMARC, MX, DANE, and the mail hosts themselves.

    ``domain`` in U-labels or A-labels; ``selectors`` are DKIM selectors to look at beside those of known
    providers, of which 40 are tried, or all with ``all_selectors``; ``ips`` the addresses that mail is sent
    from; ``second_opinion`` asks checkdmarc about the same answers. ``connect`` says whether to connect to
    the mail hosts (port 25; nothing is sent): None means where ``resolver`` is the live DNS. ``profile`` is
    what the domain is for (``auto``, ``sending``, ``receiving-only``, ``parked``); ``subdomains`` are judged
    beside it; ``receivers`` are those whose requirements are compared (``gmail``, ``yahoo``, ``microsoft``,
    ``apple``, ``all``); ``blocklists`` are those to ask, by name (``open``: all that let anybody ask).
    Trouble with the DNS or a host never raises: it makes outcomes ``unknown``. Raises UsageError for what is
    no domain.
    """
    from mailproof.engine.audit import audit_async as run
    from mailproof.engine.audit import chosen_blocklists

    return await run(
        domain,
        resolver,
        config,
        selectors=selectors,
        ips=ips,
        second_opinion=second_opinion,
        now=now,
        connect=connect,
        profile=profile,
        subdomains=subdomains,
        receivers=receivers,
        blocklists=chosen_blocklists(blocklists),
        all_selectors=all_selectors,
    )


def audit(
    domain: str,
    resolver: Resolver | None = None,
    config: Config | None = None,
    *,
    selectors: tuple[str, ...] = (),
    ips: tuple[str, ...] = (),
    second_opinion: bool = False,
    now: datetime | None = None,
    connect: bool | None = None,
    profile: str = "auto",
    subdomains: tuple[str, ...] = (),
    receivers: tuple[str, ...] = (),
    blocklists: tuple[str, ...] = (),
    all_selectors: bool = False,
) -> Report:
    """See ``audit_async``."""
    from mailproof.engine.blocking import run_blocking

    return run_blocking(
        audit_async(
            domain,
            resolver,
            config,
            selectors=selectors,
            ips=ips,
            second_opinion=second_opinion,
            now=now,
            connect=connect,
            profile=profile,
            subdomains=subdomains,
            receivers=receivers,
            blocklists=blocklists,
            all_selectors=all_selectors,
        ),
        "audit",
    )


async def verify_async(
    message: bytes,
    ip: str | None = None,
    helo: str | None = None,
    mail_from: str | None = None,
    resolver: Resolver | None = None,
    now: datetime | None = None,
    *,
    trust: str | None = None,
    filters: FilterSettings | None = None,
) -> Report:
    """Verify a message as it was received: SPF, DKIM, ARC, DMARC, and the receiver's own results.

    ``message`` are the octets of RFC 5322 (CRLF or LF), or of an Outlook .msg file. ``ip``, ``helo`` and
    ``mail_from`` are those of the client that handed it over; what is None is read from the Received and
    Return-Path headers of the border that ``trust`` (an authserv-id) names. ``now`` decides expiries.
    ``filters`` are spam filters to ask (``mailproof.config.FilterSettings``): the message is sent to them.
    Raises MessageError for what is no message, UsageError for what is no address.
    """
    from mailproof.engine.verify import verify_async as run

    return await run(message, ip, helo, mail_from, resolver, now, trust=trust, filters=filters)


def verify(
    message: bytes,
    ip: str | None = None,
    helo: str | None = None,
    mail_from: str | None = None,
    resolver: Resolver | None = None,
    now: datetime | None = None,
    *,
    trust: str | None = None,
    filters: FilterSettings | None = None,
) -> Report:
    """See ``verify_async``."""
    from mailproof.engine.blocking import run_blocking

    return run_blocking(
        verify_async(message, ip, helo, mail_from, resolver, now, trust=trust, filters=filters), "verify"
    )


async def check_host_async(
    ip: str, mail_from: str, helo: str, resolver: Resolver | None = None
) -> SpfVerdict:
    """The SPF ``check_host`` function of RFC 7208 section 4.

    ``ip`` is the client's address, ``mail_from`` the return path ("" for the null one: HELO is then judged),
    ``helo`` the name it gave. The verdict has ``result`` (the words of RFC 8601), ``explanation``, the counts
    ``lookups`` and ``void_lookups``, and the ``trace``. Raises UsageError for what is no address.
    """
    from mailproof.auth.spf import check_host as run
    from mailproof.engine.session import run_resolver

    async with run_resolver(resolver) as memo:
        return await run(ip, mail_from, helo, resolver=memo)


def check_host(ip: str, mail_from: str, helo: str, resolver: Resolver | None = None) -> SpfVerdict:
    """See ``check_host_async``."""
    from mailproof.engine.blocking import run_blocking

    return run_blocking(check_host_async(ip, mail_from, helo, resolver), "check_host")


async def probe_async(
    profile: str = "",
    config: Config | None = None,
    *,
    resolver: Resolver | None = None,
    progress: Callable[[str, float], None] | None = None,
    now: datetime | None = None,
) -> Report:
    """The whole job: audit the From domain, send a test message, fetch it back, verify what arrived.

    ``profile`` names a profile of ``config`` ("" where there is only one; config None: the nearest
    mailproof.toml). ``progress`` is called with what is going on and the seconds left. Refusals by servers
    never raise: they are findings. The spam filters of ``config`` are asked about what arrived. Raises
    ConfigError and CredentialError.
    """
    from mailproof.engine.probe import probe_async as run

    return await run(profile, config, resolver=resolver, progress=progress, now=now)


def probe(
    profile: str = "",
    config: Config | None = None,
    *,
    resolver: Resolver | None = None,
    progress: Callable[[str, float], None] | None = None,
    now: datetime | None = None,
) -> Report:
    """See ``probe_async``."""
    from mailproof.engine.blocking import run_blocking

    return run_blocking(probe_async(profile, config, resolver=resolver, progress=progress, now=now), "probe")
