"""Where a probe to several recipients arrived, and how each receiver saw it."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from mailproof.model.delivery import DeliveryFacts
from mailproof.model.message import MessageFacts

#: ``found``, or what happened instead; ``refused`` and ``not sent`` if no server accepted the message.
PlacementResult = Literal[
    "found", "deadline", "bounced", "error", "skipped", "interrupted", "refused", "not sent", "sent"
]


class RecipientFacts(Struct, frozen=True):
    """One of several recipients of a probe; ``message`` is None if nothing was fetched back."""

    receiver: str
    delivery: DeliveryFacts
    message: MessageFacts | None = None


class SeenResult(Struct, frozen=True):
    """A result of SPF, DKIM or DMARC: the receiver's, and ours; "" if unknown."""

    theirs: str = ""
    ours: str = ""


class Placement(Struct, frozen=True):
    """One row of the placement table.

    ``seconds`` is how long it took to arrive, by the receiver's clock if known, and ``noticed`` when we saw
    it; ``tab`` the tab of the inbox, if the receiver reports it; ``spam_score`` and ``spam_threshold`` are
    those of ``spam_filter``; ``tls`` is what the receiving server recorded about its connection
    (``none``: without TLS). ``reason`` says why it did not arrive.
    """

    receiver: str
    recipient: str
    result: PlacementResult
    folder: str = ""
    tab: str = ""
    junk: bool = False
    seconds: float | None = None
    noticed: float | None = None
    spf: SeenResult = SeenResult()
    dkim: SeenResult = SeenResult()
    dmarc: SeenResult = SeenResult()
    spam_filter: str = ""
    spam_judgement: str = ""
    spam_score: float | None = None
    spam_threshold: float | None = None
    tls: str = ""
    reason: str = ""
