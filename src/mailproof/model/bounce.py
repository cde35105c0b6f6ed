"""What a bounce, a log line or a server's reply means."""

from __future__ import annotations

from msgspec import Struct


class BounceCause(Struct, frozen=True):
    """A cause that fits what was said.

    ``who`` says it, ``source`` is where they say so; ``checks`` are the rules that prove it, ``next`` the
    command to run. ``certain`` is False where the text does not show who speaks: it is so if ``who`` does.
    """

    id: str
    who: str
    cause: str
    fix: str
    next: str
    checks: tuple[str, ...] = ()
    source: str = ""
    certain: bool = True


class BounceReply(Struct, frozen=True):
    """One reply or log line. ``code`` 0 and ``status`` "" where there are none; ``causes`` likeliest first.

    ``registered`` is the sense of the code in the registry; ``stated`` what the text itself says of SPF, DKIM
    and DMARC ("spf=fail"); ``domain`` the sender's, ``address`` the sending one, as far as told.
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


class ReturnedMessage(Struct, frozen=True):
    """The message that a bounce is about, as far as the bounce gives it back (RFC 3462 section 2)."""

    from_header: str = ""
    from_domain: str = ""
    to: str = ""
    subject: str = ""
    message_id: str = ""
    date: str = ""


class Explanation(Struct, frozen=True):
    """What was said, reply by reply; ``date`` is that of the data, ``kind`` what the input was.

    ``returned`` is the message that came back within a notification.
    """

    kind: str
    replies: tuple[BounceReply, ...]
    date: str = ""
    source: str = ""
    returned: ReturnedMessage | None = None

    @property
    def known(self) -> bool:
        """Whether anything at all is known of it."""
        return any(reply.causes or reply.registered for reply in self.replies)
