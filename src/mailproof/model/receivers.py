"""What a large receiver demands of a sender's domain, and whether the DNS shows it met."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from mailproof.model.lookup import Lookup

#: ``unknown``: could not check; ``not in the DNS``: no record can show it, but a message may;
#: ``not in the message``: this message can't show it, but the DNS or the sender's own figures may.
RequirementState = Literal["met", "not met", "unknown", "not in the DNS", "not in the message"]


class RequirementFacts(Struct, frozen=True):
    """One requirement. ``scope`` says which senders it binds; ``enforced``: else mail is refused or deferred.

    ``code`` is the reply that reports it, ``since`` and ``source`` when and where it was stated, ``detail``
    why it is met or not; ``because_of`` is the fingerprint of the finding behind an unmet one,
    ``failed`` the lookup without which it is not known.
    """

    id: str
    text: str
    state: RequirementState = "unknown"
    detail: str = ""
    scope: Literal["all", "bulk"] = "all"
    enforced: bool = False
    code: str = ""
    since: str = ""
    source: str = ""
    because_of: str = ""
    failed: Lookup | None = None


class ReceiverFacts(Struct, frozen=True):
    """A receiver's requirements as of ``date``. ``bulk`` is what it calls a bulk sender."""

    receiver: str
    title: str
    date: str
    bulk: str
    requirements: tuple[RequirementFacts, ...]
