"""What a bounce, a log line or a server's reply means."""

from __future__ import annotations

from msgspec import Struct

#: Recipients of a notification, and replies or lines of a log, that are shown.
MAX_SHOWN = 50


class BounceCause(Struct, frozen=True):
    """A cause that fits the reply. The values of ``kind`` are listed in docs/conformance.md.

    ``degree`` is the confidence: ``certain``, ``likely`` or ``code only``; ``phrase`` the words or the code
    it is based on. ``who`` sends such replies, ``source`` is where they document them; ``checks`` are rules
    that may show the cause, ``next`` is the command to run, if any.
    """

    id: str
    who: str
    cause: str
    fix: str
    next: str
    checks: tuple[str, ...] = ()
    source: str = ""
    certain: bool = True
    kind: str = ""
    degree: str = "certain"
    phrase: str = ""


class BounceReply(Struct, frozen=True):
    """One reply or log line. ``code`` is 0 and ``status`` "" if it has none; ``causes`` likeliest first.

    ``registered`` is the meaning of the code in the registry; ``stated`` what the text itself says about SPF,
    DKIM and DMARC ("spf=fail"); ``domain`` the sender's domain and ``address`` the sending IP, if known.
    ``original`` is the recipient as the sender wrote it, if the mail was forwarded to another.
    """

    text: str
    code: int = 0
    status: str = ""
    permanent: bool | None = None
    speaker: str = ""
    remote: str = ""
    recipient: str = ""
    domain: str = ""
    address: str = ""
    registered: str = ""
    stated: tuple[str, ...] = ()
    causes: tuple[BounceCause, ...] = ()
    original: str = ""


class ReturnedMessage(Struct, frozen=True):
    """The message that a bounce is about, as far as the bounce returns it (RFC 3462 section 2)."""

    from_header: str = ""
    from_domain: str = ""
    to: str = ""
    subject: str = ""
    message_id: str = ""
    date: str = ""


class NotifiedRecipient(Struct, frozen=True):
    """What a notification says of one recipient. ``action`` is one of RFC 3464 section 2.3.3.

    ``reply`` is what the server said, ``words`` the human-readable text, ``reason`` its part directly below
    the address; ``command`` the SMTP command that was refused, if named; ``original`` the address as the
    sender wrote it, if it differs.
    """

    address: str
    original: str = ""
    action: str = ""
    status: str = ""
    code: int = 0
    reply: str = ""
    words: str = ""
    reason: str = ""
    remote_mta: str = ""
    command: str = ""

    @property
    def passed_on(self) -> bool:
        """Whether the mail was forwarded to another domain."""
        domains = [each.rpartition("@")[2].lower() for each in (self.original, self.address)]
        return "@" in self.original and domains[0] != domains[1]


class Notification(Struct, frozen=True):
    """A bounce in any form. ``recipients`` has at least one."""

    recipients: tuple[NotifiedRecipient, ...]
    reporting_mta: str = ""
    returned: ReturnedMessage | None = None
    subject: str = ""


class Explanation(Struct, frozen=True):
    """The explanation, reply by reply; ``date`` is that of the data, ``kind`` what the input was.

    ``returned`` is the message returned in a notification; ``more``: the input has more replies than shown.
    """

    kind: str
    replies: tuple[BounceReply, ...]
    date: str = ""
    source: str = ""
    returned: ReturnedMessage | None = None
    more: bool = False

    @property
    def known(self) -> bool:
        """Whether anything could be explained. A notification at least names its recipient."""
        return self.kind == "notification" or any(reply.causes or reply.registered for reply in self.replies)
