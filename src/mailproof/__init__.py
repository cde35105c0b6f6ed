"""mailproof checks whether a domain's mail will be trusted and delivered, and shows how to fix it.

This is the public API. Each function has an ``_async`` variant for use inside a running event loop; the
synchronous ones start a new loop and must not be called from a running one. ``resolver`` may be any object
with the ``Resolver`` protocol of ``mailproof.dns``; None means the machine's configured name servers.
"""

from __future__ import annotations

from mailproof._version import __version__

TYPE_CHECKING = False  # typing.TYPE_CHECKING, without the cost of importing typing
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import datetime
    from typing import Any, Literal, ParamSpec, TypeVar

    from mailproof.config import Config, FilterSettings
    from mailproof.dns import Resolver
    from mailproof.model import Report, SpfVerdict

    _P = ParamSpec("_P")
    _T = TypeVar("_T")

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

    ``domain`` may be in U-labels or A-labels. ``selectors`` are DKIM selectors to check in addition to the
    most common ones (or to all known ones, with ``all_selectors``); ``ips`` are the addresses that send mail;
    ``second_opinion`` runs checkdmarc on the same answers. ``connect`` says whether to connect to the mail
    hosts (port 25; nothing is sent); None means only if ``resolver`` is the live DNS. ``profile`` is the
    purpose of the domain (``auto``, ``sending``, ``receiving-only``, ``parked``); ``subdomains`` are checked
    as well; ``receivers`` selects whose requirements to compare (``gmail``, ``yahoo``, ``microsoft``,
    ``apple``, ``all``); ``blocklists`` are the names of lists to query (``open``: all that are free to use).
    Failures of the DNS or of hosts never raise: they make outcomes ``unknown``. Raises UsageError if
    ``domain`` is not a domain.
    """
    from mailproof.engine.arguments import checked_blocklists
    from mailproof.engine.audit import AuditOptions, audit_domain
    from mailproof.engine.session import Session

    options = AuditOptions(
        selectors=selectors,
        ips=ips,
        second_opinion=second_opinion,
        connect=connect,
        blocklists=checked_blocklists(blocklists),
        profile=profile,
        subdomains=subdomains,
        receivers=receivers,
        all_selectors=all_selectors,
    )
    limit = config.timeout if config is not None else None
    async with Session(resolver, config, now=now, limit=limit) as session:
        return (await audit_domain(domain, session, options)).report


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
    at: datetime | Literal["arrival", "now"] = "arrival",
) -> Report:
    """Verify a received message: SPF, DKIM, ARC, DMARC, and the receiver's own results.

    ``message`` holds the octets of an RFC 5322 message (CRLF or LF), or of an Outlook .msg file. ``ip``,
    ``helo`` and ``mail_from`` are those of the delivering client; None means to read them from the Received
    and Return-Path headers of the trusted server, whose authserv-id is ``trust``. ``at`` is the time to check
    against: when the trusted server received the message, ``now`` (None: the present), or a time with a
    zone. ``filters`` are spam filters (``mailproof.config.FilterSettings``) that the message is sent to.
    Raises MessageError if ``message`` is not a message, UsageError for an invalid address.
    """
    from mailproof.engine.session import Session
    from mailproof.engine.verify import VerifyOptions, verify_message
    from mailproof.redaction import own_secrets

    options = VerifyOptions(ip, helo, mail_from, trust, filters=filters, at=at)
    async with Session(resolver, now=now) as session:
        with own_secrets():
            return await verify_message(message, session, options)


async def check_host_async(
    ip: str, mail_from: str, helo: str, resolver: Resolver | None = None
) -> SpfVerdict:
    """The SPF ``check_host`` function of RFC 7208 section 4.

    ``ip`` is the client's address, ``mail_from`` the return path (if it is "", HELO is checked instead),
    ``helo`` the HELO name. The verdict has ``result`` (the words of RFC 8601), ``explanation``, the counts
    ``lookups`` and ``void_lookups``, and the ``trace``. Raises UsageError for an invalid address.
    """
    from mailproof.auth.spf import check_host as run
    from mailproof.engine.session import Session

    async with Session(resolver) as session, session.work() as work:
        return await run(ip, mail_from, helo, resolver=work.resolver)


async def probe_async(
    profile: str = "",
    config: Config | None = None,
    *,
    resolver: Resolver | None = None,
    progress: Callable[[str, float], None] | None = None,
    now: datetime | None = None,
    dry_run: bool = False,
    connect: bool | None = None,
) -> Report:
    """Run a complete probe: audit the From domain, send a test message, retrieve it, verify what arrived.

    ``profile`` names a profile of ``config`` ("" if there is only one). ``config`` None means the nearest
    mailproof.toml, which must be trusted to send anything to another host (``mailproof trust``). ``progress``
    is called with the current step and the seconds left. ``dry_run``: nothing is sent. Rejections by servers
    never raise: they are findings. The spam filters of ``config`` scan what arrived. ``connect`` says whether
    to connect to the mail hosts of a recipient that the message did not reach (None: only if ``resolver`` is
    the live DNS). Raises ConfigError and CredentialError.
    """
    from mailproof.config import load_config
    from mailproof.config.permits import permitted_profile
    from mailproof.engine.probe import probe as run
    from mailproof.engine.session import Session
    from mailproof.redaction import own_secrets

    config = config or load_config()
    async with Session(resolver, config, now=now) as session:
        with own_secrets():
            chosen = permitted_profile(config, profile or None)
            return await run(chosen, session, progress=progress, dry_run=dry_run, connect=connect)


def _plain(work: Callable[_P, Coroutine[Any, Any, _T]], name: str) -> Callable[_P, _T]:
    """The synchronous variant of an ``_async`` function, which starts a new event loop."""

    def plain(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        import asyncio
        from contextlib import suppress

        from mailproof.errors import UsageError

        with suppress(RuntimeError):
            asyncio.get_running_loop()
            advice = f"await mailproof.{name}_async instead"
            raise UsageError(f"mailproof.{name} cannot be called inside a running event loop: {advice}")
        return asyncio.run(work(*args, **kwargs))

    plain.__name__ = plain.__qualname__ = name
    plain.__doc__ = f"See ``{name}_async``."
    plain.__wrapped__ = work  # type: ignore[attr-defined] # for inspect.signature
    return plain


audit = _plain(audit_async, "audit")
verify = _plain(verify_async, "verify")
check_host = _plain(check_host_async, "check_host")
probe = _plain(probe_async, "probe")
