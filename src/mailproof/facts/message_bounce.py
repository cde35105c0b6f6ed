"""Whether a message is a bounce, and what it says: the reason why it was brought here at all."""

from __future__ import annotations

from mailproof.model import Explanation
from mailproof.records.message import RawMessage

_DAEMONS = ("mailer-daemon", "postmaster@", "mail delivery s", "<>")


def read_bounce(message: RawMessage) -> Explanation | None:
    """What a delivery status notification says (RFC 3464); None where the message is none.

    A null return path alone makes no bounce: automatic replies have it too.
    """
    if not message.has_body or not _is_report(message):
        return None
    from mailproof.explain import explain_dsn

    return explain_dsn(message.to_bytes())


def _is_report(message: RawMessage) -> bool:
    kind = message.first("content-type").lower()
    if kind.startswith("multipart/report"):
        return "disposition-notification" not in kind and "feedback-report" not in kind
    sender = message.first("from").lower()
    return bool(message.fields("x-failed-recipients")) or any(word in sender for word in _DAEMONS)
