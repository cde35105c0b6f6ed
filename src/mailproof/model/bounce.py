"""What a bounce, a log line or a server's reply means."""

from __future__ import annotations

from msgspec import Struct

#: Recipients of a notification, and replies or lines of a log, that are shown.
MAX_SHOWN = 50


class BounceCause(Struct, frozen=True):
    """A cause that fits what was said, and of which ``kind`` (docs/conformance.md lists them) it is.

    ``degree`` is how surely: ``certain``, ``likely`` or ``code only``; ``phrase`` the words or the code that
    it rests on. ``who`` says it, ``source`` is where they say so; ``checks`` are rules that may show it,
    ``next`` the command to run, if any.
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
    """One reply or log line. ``code`` 0 and ``status`` "" where there are none; ``causes`` likeliest first.

    ``registered`` is the meaning of the code in the registry; ``stated`` what the text itself says about SPF,
    DKIM and DMARC ("spf=fail"); ``domain`` the sender's, ``address`` the sending one, where known.
    ``original`` is the recipient that the sender wrote, where the mail was passed on to another.
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
    """The message that a bounce is about, as far as the bounce gives it back (RFC 3462 section 2)."""

    from_header: str = ""
    from_domain: str = ""
    to: str = ""
    subject: str = ""
    message_id: str = ""
    date: str = ""


class NotifiedRecipient(Struct, frozen=True):
    """What a notification says of one recipient. ``action`` is one of RFC 3464 section 2.3.3.

    ``reply`` is what the server said, ``words`` the text for people; ``command`` the SMTP command that was
    refused, if named; ``original`` the address that the sender wrote, where it is another.
    """

    address: str
    original: str = ""
    action: str = ""
    status: str = ""
    code: int = 0
    reply: str = ""
    words: str = ""
    remote_mta: str = ""
    command: str = ""

    @property
    def passed_on(self) -> bool:
        """Whether the mail was forwarded to another domain."""
        domains = [each.rpartition("@")[2].lower() for each in (self.original, self.address)]
        return "@" in self.original and domains[0] != domains[1]


class Notification(Struct, frozen=True):
    """A bounce in any form, recipient by recipient; at least one."""

    recipients: tuple[NotifiedRecipient, ...]
    reporting_mta: str = ""
    returned: ReturnedMessage | None = None
    subject: str = ""


class Explanation(Struct, frozen=True):
    """What was said, reply by reply; ``date`` is that of the data, ``kind`` what the input was.

    ``returned`` is the message that came back within a notification; ``more``: it says more than is shown.
    """

    kind: str
    replies: tuple[BounceReply, ...]
    date: str = ""
    source: str = ""
    returned: ReturnedMessage | None = None
    more: bool = False

    @property
    def known(self) -> bool:
        """Whether anything at all is known of it; of a notification, which recipient it is about."""
        return self.kind == "notification" or any(reply.causes or reply.registered for reply in self.replies)
