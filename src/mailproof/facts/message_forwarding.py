"""Signs that a message was forwarded or came over a list."""

from __future__ import annotations

import re

from mailproof.facts.message_border import related
from mailproof.model import ArcVerdict, Envelope, ReceivedHop, SpfVerdict
from mailproof.records.message import RawMessage

_SRS = re.compile(r"(?:\A|[+=_-])SRS[01][=+-]", re.IGNORECASE)
_FORWARD_FIELDS = ("x-forwarded-for", "x-forwarded-to", "x-forwarded-encrypted", "resent-from", "resent-to")
_LIST_FIELDS = ("list-post", "x-mailman-version", "mailing-list", "x-mailing-list", "x-beenthere")


def signs_of_forwarding(
    message: RawMessage,
    envelope: Envelope,
    earlier: ReceivedHop | None = None,
    *,
    trust: str,
    from_domain: str,
    spf: SpfVerdict | None,
    arc: ArcVerdict | None,
) -> tuple[str, ...]:
    """The signs, each a sentence; none where the message seems to have come straight from its sender.

    ``earlier`` is an older hop at which SPF would have passed. Like all that stands below the handover, it
    may be forged: the signs explain a failure, they never excuse one.
    """
    signs: list[str] = []
    sender = envelope.mail_from or ""
    if _SRS.search(sender.partition("@")[0]):
        signs.append(f"the return path {sender} was rewritten by a forwarder (SRS)")
    present = {field.key for field in message.headers}
    signs += [f"it has a {name} header" for name in _FORWARD_FIELDS if name in present]
    aligned = spf is not None and related(spf.domain, from_domain)
    listed = next((name for name in (*_LIST_FIELDS, "list-id") if name in present), "")
    if listed and not aligned and (listed != "list-id" or (arc is not None and arc.instance)):
        signs.append(f"it came over a mailing list ({listed})")
    for one in arc.sets if arc else ():
        if not related(one.domain, trust) and not related(one.domain, from_domain):
            signs.append(f"{one.domain} handled it on the way (ARC instance {one.instance})")
    if earlier is not None and spf is not None:
        signs.append(
            f"{earlier.by or 'a host'} took it from {earlier.ip}, a sender of {spf.domain}, and another host "
            f"({spf.ip}) passed it on"
        )
    return tuple(signs)
