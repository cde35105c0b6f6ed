"""Signs that a message was forwarded or came through a mailing list."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mailproof.message.hosts import related
from mailproof.message.reader import Message
from mailproof.model import (
    ArcVerdict,
    AuthMethod,
    DkimVerdict,
    DmarcVerdict,
    Envelope,
    ReceivedHop,
    ReturnPath,
    SpfVerdict,
)

_SRS = re.compile(r"(?:\A|[+=_-])SRS[01][=+-]", re.IGNORECASE)
_FORWARD_FIELDS = ("x-forwarded-for", "x-forwarded-to", "x-forwarded-encrypted", "resent-from", "resent-to")
#: Header fields by which list software can be recognized.
LIST_FIELDS = ("list-post", "x-mailman-version", "mailing-list", "x-mailing-list", "x-beenthere", "list-id")


def signs_of_forwarding(
    message: Message,
    envelope: Envelope,
    earlier: ReceivedHop | None,
    *,
    trust: str,
    from_domain: str,
    spf: SpfVerdict | None,
    arc: ArcVerdict | None,
) -> tuple[str, ...]:
    """The signs, each a sentence; none if the message appears to come directly from its sender.

    ``earlier`` is an older hop at which SPF would have passed. Like everything below the handover, it may be
    forged: the signs explain a failure, but never excuse it.
    """
    signs: list[str] = []
    sender = envelope.mail_from or ""
    if "+caf_=" in sender:
        signs.append(f"the return path {sender} was rewritten by Gmail, which forwarded it")
    elif _SRS.search(sender.partition("@")[0]):
        signs.append(f"the return path {sender} was rewritten by a forwarder (SRS)")
    present = message.raw.by_name
    signs += [f"it has a {name} header" for name in _FORWARD_FIELDS if name in present]
    aligned = spf is not None and related(spf.domain, from_domain)
    listed = next((name for name in LIST_FIELDS if name in present), "")
    if listed and not aligned and (listed != "list-id" or (arc is not None and arc.instance)):
        signs.append(f"it came over a mailing list ({listed})")
    for one in arc.sets if arc else ():
        if one.domain and not related(one.domain, trust) and not related(one.domain, from_domain):
            signs.append(f"{one.domain} handled it on the way (ARC instance {one.instance})")
    if earlier is not None and spf is not None:
        signs.append(
            f"{earlier.by or 'a host'} accepted it from {earlier.ip}, a sender of {spf.domain}, and another "
            f"host ({spf.ip}) passed it on"
        )
    return tuple(signs)


def explained_by_arc(
    arc: ArcVerdict | None, dmarc: DmarcVerdict | None, seen: Mapping[int, tuple[AuthMethod, ...]]
) -> str:
    """Say whether the ARC chain explains why DMARC fails now, by a sealer's results (RFC 8617 section 7.2).

    ``seen`` maps an instance to the results in its ARC-Authentication-Results.
    """
    if arc is None or not arc.sets or dmarc is None or dmarc.result != "fail":
        return ""
    if arc.result != "pass":
        return "the ARC chain explains nothing, because it does not verify"
    for one in arc.sets:
        methods = seen.get(one.instance, ())
        said = {each.method: each for each in methods if _about(each, dmarc.domain)}
        passed = [name for name in ("spf", "dkim", "dmarc") if name in said and said[name].result == "pass"]
        if passed and ("dmarc" in passed or "dmarc" not in said):
            saw = ", ".join(f"{name}=pass" for name in passed)
            return (
                f"{one.domain} saw {saw} before that (ARC instance {one.instance}), and the chain verifies: "
                f"a receiver that trusts {one.domain} can accept the message"
            )
    return "no ARC sealer saw the message pass: the chain verifies, but explains nothing"


def _about(method: AuthMethod, domain: str) -> bool:
    """Whether a result is about that domain or a related one, as far as it says."""
    named = [
        p.value.rpartition("@")[2] for p in method.properties if p.name in ("mailfrom", "d", "i", "from")
    ]
    return not named or any(related(each, domain) for each in named)


def advice_to_forwarder(
    signs: tuple[str, ...],
    path: ReturnPath | None,
    *,
    spf: SpfVerdict | None,
    dkim: tuple[DkimVerdict, ...],
    arc: ArcVerdict | None,
    dmarc: DmarcVerdict | None,
) -> tuple[str, ...]:
    """What the forwarder should do so that receivers trust the message; empty if there was no forwarding."""
    if not signs:
        return ()
    advice: list[str] = []
    if path is not None and path.kind == "srs":
        advice.append("it rewrites the return path (SRS): SPF passes for the forwarder, but is never aligned")
    elif spf is not None and spf.result in ("fail", "softfail", "neutral"):
        advice.append(
            f"rewrite the return path to its own domain (SRS): else SPF is checked for {spf.domain}"
        )
    broken = [v for v in dkim if v.code in ("body-hash", "body-and-signature", "signature")]
    if broken and not any(v.result == "pass" and v.aligned for v in dkim):
        advice.append(
            "leave the body and the signed headers as they are (no footer, no subject tag); a list that must "
            "change them sets From to its own address and signs anew"
        )
    elif not dkim:
        advice.append(
            "nothing it does can help DMARC: the sender must sign with DKIM, which survives forwarding"
        )
    if arc is None or not arc.instance:
        if dmarc is not None and dmarc.result != "pass":
            advice.append(
                "seal the results that it saw on arrival with ARC (RFC 8617): receivers may use them"
            )
    elif arc.result == "fail":
        advice.append("repair its ARC sealing: the chain does not verify, so no receiver can use it")
    return tuple(advice)
