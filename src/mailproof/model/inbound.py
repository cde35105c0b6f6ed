"""What happened to messages that a mailbox's server should refuse: the facts of ``mailproof inbound``."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from mailproof.model.delivery import SmtpSubmission

#: The messages sent. ``control`` is harmless: unless it arrives, the others prove nothing.
InboundName = Literal[
    "control", "dmarc", "dkim", "spf", "two-from", "display-name", "null-mx-sender", "eicar"
]
#: ``missing``: accepted, but in no folder by the deadline. ``skipped``: not sent. ``unknown``: could not be
#: determined.
InboundPlace = Literal["refused", "junk", "inbox", "missing", "skipped", "unknown"]


class InboundCase(Struct, frozen=True):
    """One message. ``what`` describes it; ``asks`` is what the DMARC policy of its author domain requests.

    ``reason`` says why it was skipped or is unknown; ``reply`` is what the server said when it refused it.
    """

    name: InboundName
    what: str
    place: InboundPlace = "unknown"
    mail_from: str = ""
    header_from: tuple[str, ...] = ()
    asks: Literal["", "quarantine", "reject"] = ""
    token: str = ""
    reason: str = ""
    reply: str = ""
    folder: str = ""
    submission: SmtpSubmission | None = None
    removed: bool = False
    remove_problem: str = ""


class InboundFacts(Struct, frozen=True):
    """All messages of a run. ``client_ip`` is our address as the receiving server saw it, "" if unknown."""

    profile: str
    recipient: str
    server: str
    mailbox: str
    cases: tuple[InboundCase, ...]
    client_ip: str = ""
    folders_seen: tuple[str, ...] = ()
    deadline_s: float = 0.0

    def case(self, name: InboundName) -> InboundCase | None:
        """The case of that name; None if it was not requested."""
        return next((each for each in self.cases if each.name == name), None)
