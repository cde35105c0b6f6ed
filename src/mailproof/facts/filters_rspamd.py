"""Asks Rspamd about a message: ``POST /checkv2`` with the envelope in header fields.

https://docs.rspamd.com/developers/protocol
"""

from __future__ import annotations

from mailproof.config import RspamdSettings
from mailproof.config.urls import is_loopback
from mailproof.credentials import Credential, resolve_secret
from mailproof.dns import Resolver
from mailproof.errors import CredentialError
from mailproof.facts.filters_connect import AskFailed, connection
from mailproof.facts.mx import collect_address
from mailproof.mail.connect import target_of
from mailproof.mail.http_exchange import Failed, exchange
from mailproof.mail.tls import TlsSettings
from mailproof.model import AskedFilter, MessageFacts
from mailproof.printable import host_port
from mailproof.records.rspamd_reply import read_rspamd_reply
from mailproof.records.spamd_reply import ReplyError
from mailproof.structs import replace

#: Octets of a response: a hundred symbols with their options have about 20,000.
MAX_ANSWER = 1_000_000
MAX_FIELD = 500


async def ask_rspamd(
    raw: bytes, facts: MessageFacts, settings: RspamdSettings, resolver: Resolver
) -> AskedFilter:
    """The verdict with its symbols. Raises AskFailed and TimeoutError."""
    target = target_of(settings.url)
    fields = await _envelope(facts, resolver)
    password = await _secret(settings.password) if settings.password is not None else ""
    path = target.path.rstrip("/").removesuffix("/checkv2")
    place = host_port(target.host, target.port)
    tls = TlsSettings(target.host, settings.ca_file) if target.encrypted else None
    async with connection(target.host, target.port, tls=tls) as wire:
        in_clear = bool(password) and not wire.encrypted and not is_loopback(wire.peer_address)
        if in_clear and not settings.allow_plaintext_auth:
            raise AskFailed(
                "login",
                "the connection is not encrypted, so that the password and the message were not sent "
                "(https, or allow_plaintext_auth = true, would send them)",
            )
        if password:
            fields.append(("Password", password))
        try:
            _, body = await exchange(wire, place, f"{path}/checkv2", MAX_ANSWER, fields, raw)
        except Failed as failed:
            raise _refused(failed.kind, failed.status, failed.problem) from None
    try:
        reply = read_rspamd_reply(body)
    except ReplyError as error:
        raise AskFailed("status" if error.status else "protocol", str(error)) from None
    found = AskedFilter(
        "Rspamd",
        settings.url,
        reply.verdict,
        action=reply.action,
        score=reply.score,
        threshold=reply.threshold,
        symbols=reply.symbols,
        password_in_clear=in_clear,
    )
    if reply.skipped:
        why = "its settings exempt the message from scanning (is_skipped)"
        return replace(found, problem=why, problem_code="skipped")
    if reply.verdict == "unknown":
        why = f"its action {reply.action!r} is unknown"
        return replace(found, problem=why, problem_code="protocol")
    return found


async def _envelope(facts: MessageFacts, resolver: Resolver) -> list[tuple[str, str]]:
    """The header fields that a mail server would send with a message, as far as known."""
    envelope, handover = facts.envelope, facts.handover
    delivered = facts.by_name.get("delivered-to", ("",))[0]
    recipient = (handover is not None and handover.for_.strip("<> ")) or delivered.strip("<> ")
    found = (
        ("IP", envelope.ip),
        ("Hostname", await _hostname(envelope.ip, resolver) if envelope.ip else ""),
        ("Helo", envelope.helo),
        ("From", f"<{envelope.mail_from}>" if envelope.mail_from is not None else ""),
        ("Rcpt", f"<{recipient}>" if recipient else ""),
        ("Queue-Id", handover.queue_id if handover is not None else ""),
    )
    # The values come from the message: skip what a header field can't contain.
    return [
        (name, value) for name, value in found if value and value.isprintable() and len(value) < MAX_FIELD
    ]


async def _hostname(ip: str, resolver: Resolver) -> str:
    """The client's name as a mail server sees it: its reverse name, if that resolves back to the address."""
    address = await collect_address(ip, resolver)
    names = address.ptr.records if address.ptr is not None and address.confirmed else ()
    return names[0].rstrip(".") if names else ""


async def _secret(credential: Credential) -> str:
    try:
        password = (await resolve_secret(credential, "rspamd")).reveal()
    except CredentialError as error:
        raise AskFailed("login", f"the password: {error}") from None
    if not password.isprintable() or password != password.strip():
        raise AskFailed("login", "the password has a character that a header field can't contain")
    return password


def _refused(kind: str, status: int, problem: str) -> AskFailed:
    """The failure for a response without a verdict, with its usual cause."""
    if status in (401, 403):
        return AskFailed(
            "login",
            f"{problem}: it requires a password, or rejected the one given ('password' in [filters.rspamd])",
        )
    if kind == "status":
        return AskFailed("status", f"{problem}: is this the normal worker of Rspamd (port 11333)?")
    return AskFailed("redirect" if kind == "redirect" else "protocol", problem)
