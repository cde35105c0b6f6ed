"""One message of many, flat enough for a line, and the summary of all of them."""

from __future__ import annotations

from msgspec import Struct

from mailproof.model.bulk import BulkFinding


class SignatureRow(Struct, frozen=True):
    """A DKIM signature and its result."""

    domain: str
    selector: str
    result: str


class MessageRow(Struct, frozen=True, kw_only=True):
    """One message. ``source`` identifies it in the input; ``verdict`` is ``pass warn fail unknown``.

    It is ``error`` if the message could not be read; ``reason`` says why. ``spf``, ``dkim`` (the best of
    its signatures) and ``dmarc`` are results, "" if there is none; ``first`` is what to fix first.
    """

    source: str
    verdict: str
    sentence: str = ""
    reason: str = ""
    complete: bool = False
    from_domain: str = ""
    message_id: str = ""
    spf: str = ""
    dkim: str = ""
    dmarc: str = ""
    signatures: tuple[SignatureRow, ...] = ()
    first: BulkFinding | None = None
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    elapsed_ms: int = 0


class SenderCount(Struct, frozen=True):
    """The number of messages of a sender's domain or a selector, and how many of them pass."""

    name: str
    messages: int
    passed: int


class MessagesSummary(Struct, frozen=True, kw_only=True):
    """The summary of a run over many messages.

    ``senders`` are From domains with the messages that pass DMARC, ``selectors`` the names of key records
    with the signatures that pass. Other tables are pairs of a name and the number of messages, the most
    common first.
    """

    messages: int
    complete: int
    unread: int
    verdicts: tuple[tuple[str, int], ...]
    spf: tuple[tuple[str, int], ...]
    dkim: tuple[tuple[str, int], ...]
    dmarc: tuple[tuple[str, int], ...]
    senders: tuple[SenderCount, ...]
    more_senders: int
    selectors: tuple[SenderCount, ...]
    more_selectors: int
    findings: tuple[tuple[str, int], ...]
    unfinished: bool = False
