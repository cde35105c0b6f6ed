"""Signs that a message was forwarded or came over a list."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailproof.facts.message_border import related
from mailproof.model import ArcVerdict, DkimVerdict, Envelope, SpfVerdict
from mailproof.records.message import RawMessage

_SRS = re.compile(r"(?:\A|[+=_-])SRS[01][=+-]", re.IGNORECASE)
_FORWARD_FIELDS = ("x-forwarded-for", "x-forwarded-to", "x-forwarded-encrypted", "resent-from", "resent-to")
_LIST_FIELDS = ("list-post", "x-mailman-version", "mailing-list", "x-mailing-list", "x-beenthere")


def signs_of_forwarding(
    message: RawMessage,
    envelope: Envelope,
    *,
    trust: str,
    from_domain: str,
    spf: SpfVerdict | None,
    dkim: tuple[DkimVerdict, ...],
    arc: ArcVerdict | None,
) -> tuple[str, ...]:
    """The signs, each a sentence; none where the message seems to have come straight from its sender."""
    return tuple(_signs(message, envelope, trust, from_domain, spf, dkim, arc))


def _signs(
    message: RawMessage,
    envelope: Envelope,
    trust: str,
    from_domain: str,
    spf: SpfVerdict | None,
    dkim: tuple[DkimVerdict, ...],
    arc: ArcVerdict | None,
) -> Iterator[str]:
    sender = envelope.mail_from or ""
    if _SRS.search(sender.partition("@")[0]):
        yield f"the return path {sender} was rewritten by a forwarder (SRS)"
    present = {field.key for field in message.headers}
    for name in _FORWARD_FIELDS:
        if name in present:
            yield f"it has a {name} header"
    own_results = bool(spf) and spf is not None and related(spf.domain, from_domain)
    listed = next((name for name in (*_LIST_FIELDS, "list-id") if name in present), "")
    if listed and not own_results and (listed != "list-id" or (arc and arc.instance)):
        yield f"it came over a mailing list ({listed})"
    for one in arc.sets if arc else ():
        if not related(one.domain, trust) and not related(one.domain, from_domain):
            yield f"{one.domain} handled it on the way (ARC instance {one.instance})"
    if spf and spf.result in ("fail", "softfail") and own_results:
        signed = [v for v in dkim if v.result == "pass" and related(v.domain, from_domain)]
        if signed:
            yield (
                f"{spf.ip} is not a sender of {spf.domain}, but the signature of {signed[0].domain} holds: "
                "another host passed it on"
            )
