"""What a large receiver requires of a sender's domain, and whether the DNS shows that it is met."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from mailproof.model.lookup import Lookup

#: ``unknown``: could not check; ``not in the DNS``: no record can show it, but a message may;
#: ``not in the message``: this message can't show it, but the DNS or the sender's own statistics may.
RequirementState = Literal["met", "not met", "unknown", "not in the DNS", "not in the message"]


class RequirementFacts(Struct, frozen=True):
    """One requirement. ``scope`` says which senders it binds.

    ``enforced``: mail that does not meet it is refused or deferred. ``code`` is the reply code for
    violations, ``since`` and ``source`` when and where it was published, ``detail`` why it is met or not;
    ``because_of`` is the fingerprint of the finding behind an unmet one, ``failed`` the lookup whose failure
    leaves it unknown.
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
    """A receiver's requirements as of ``date``. ``bulk`` is its definition of a bulk sender."""

    receiver: str
    title: str
    date: str
    bulk: str
    requirements: tuple[RequirementFacts, ...]
