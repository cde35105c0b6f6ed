"""Asks SpamAssassin's spamd for its report on a message (the protocol of spamc, version 1.5)."""

from __future__ import annotations

from contextlib import suppress

from mailproof.config import SpamAssassinSettings
from mailproof.facts.filters_connect import AskFailed, connection
from mailproof.mail.wire import ConnectionEnded
from mailproof.model import AskedFilter
from mailproof.records.spamd_reply import MAX_BODY, MAX_HEAD, ReplyError, SpamdReply, read_spamd_reply


async def ask_spamd(raw: bytes, settings: SpamAssassinSettings) -> AskedFilter:
    """The verdict with its symbols. Raises AskFailed and TimeoutError.

    REPORT lists the points of each rule. If its template was changed so that they cannot be parsed,
    SYMBOLS at least lists the names.
    """
    reply = await _ask("REPORT", raw, settings)
    symbols = reply.symbols or (await _ask("SYMBOLS", raw, settings)).symbols
    return AskedFilter(
        "SpamAssassin",
        settings.server,
        "spam" if reply.spam else "clean",
        score=reply.score,
        threshold=reply.threshold,
        symbols=symbols,
    )


async def _ask(command: str, raw: bytes, settings: SpamAssassinSettings) -> SpamdReply:
    user = f"User: {settings.user}\r\n" if settings.user else ""
    head = f"{command} SPAMC/1.5\r\nContent-length: {len(raw)}\r\n{user}\r\n"
    host, port = settings.address
    async with connection(host, port, path=settings.path) as wire:
        with suppress(ConnectionEnded):  # a server may respond and close before it has read everything
            await wire.write(head.encode("utf-8") + raw, None)
            wire.finish()
        answer = bytearray()
        while piece := await wire.read():
            answer += piece
            if len(answer) > MAX_HEAD + MAX_BODY:
                raise AskFailed("protocol", f"the answer has more than {MAX_HEAD + MAX_BODY:,} octets")
    if not answer:
        raise AskFailed(
            "protocol",
            "spamd closed the connection without an answer: it does so to addresses that its option "
            "--allowed-ips does not name",
        )
    try:
        return read_spamd_reply(bytes(answer))
    except ReplyError as error:
        raise AskFailed("status" if error.status else "protocol", str(error)) from None
