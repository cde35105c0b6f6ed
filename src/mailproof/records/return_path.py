"""Return paths that carry information: SRS, VERP, BATV, the null return path."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mailproof.model.message import ReturnPath

_SRS0 = re.compile(
    r"\A(?:.{0,64}[+=_-])?SRS0[=+-][^=]{1,20}=[^=]{1,4}=([^=@]{1,253})=(.{1,200})\Z", re.IGNORECASE
)
_SRS1 = re.compile(r"\A(?:.{0,64}[+=_-])?SRS1[=+-][^=]{1,20}=([^=@]{1,253})=[=+-](.{1,250})\Z", re.IGNORECASE)
_SRS1_REST = re.compile(r"\A[^=]{1,20}=[^=]{1,4}=([^=@]{1,253})=(.{1,200})\Z")
_MICROSOFT = re.compile(r"\Abounces\+SRS=[\w+/=-]{1,80}\Z", re.IGNORECASE)
#: Gmail's forwarding: the forwarding mailbox, then the address that it forwards to.
_GMAIL = re.compile(r"\A([\w.+-]{1,64}?)\+caf_=[^@]{1,250}\Z")
_BATV = re.compile(r"\Aprvs=[0-9a-z]{8,12}=(.{1,200})\Z", re.IGNORECASE)
_TAIL = re.compile(r"[+=_-]?([\w.+-]{1,64})=([\w-]{1,63}(?:\.[\w-]{1,63}){1,10})\Z")


def read_return_path(address: str | None, recipients: Iterable[str] = ()) -> ReturnPath | None:
    """Interpret a return path (None if unknown); ``recipients`` are addresses that it may encode."""
    if address is None:
        return None
    if not address:
        return ReturnPath("null", note="the null return path of bounces and automatic replies")
    local, _, domain = address[:600].rpartition("@")
    if match := _SRS1.match(local):
        rest = _SRS1_REST.match(match[2])
        original = f"{rest[2]}@{rest[1]}" if rest else ""
        note = f"rewritten by two forwarders or more (SRS1): first {match[1]}, last {domain}"
        return ReturnPath("srs", original.lower(), domain, note)
    if match := _SRS0.match(local):
        original = f"{match[2]}@{match[1]}".lower()
        return ReturnPath("srs", original, domain, f"{domain} forwarded it for {original} (SRS)")
    if _MICROSOFT.match(local):
        return ReturnPath("srs", "", domain, f"{domain} forwarded it (Microsoft's SRS: it hides the sender)")
    if match := _GMAIL.match(local):
        mailbox = f"{match[1]}@{domain}"
        return ReturnPath(
            "srs", "", domain, f"{mailbox} forwarded it (Gmail's rewriting: it hides the sender)"
        )
    if match := _BATV.match(local):
        return ReturnPath("batv", f"{match[1]}@{domain}", "", "the sender marks its own return path (BATV)")
    known = {each.lower() for each in recipients}
    if match := _TAIL.search(local):
        # The greedy match includes the prefix; the recipient is one of its suffixes.
        whole, host = match[1], match[2].lower()
        names = [whole[i:] for i in range(len(whole)) if not i or whole[i - 1] in "+_-."]
        carried = next((f"{n}@{host}".lower() for n in names if f"{n}@{host}".lower() in known), "")
        original = carried or f"{names[-1]}@{host}".lower()
        return ReturnPath("verp", original, "", f"made for this recipient alone (VERP): {original}")
    return ReturnPath("plain")
