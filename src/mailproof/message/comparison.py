"""Compare the receiver's Authentication-Results with our own results, and say why they may differ."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from mailproof.message.clients import client_of
from mailproof.message.doubt import UNVERIFIED
from mailproof.message.hosts import related
from mailproof.model import (
    ArcVerdict,
    AuthenticationResults,
    AuthMethod,
    CollectorFailure,
    DkimVerdict,
    DmarcVerdict,
    ReceivedHop,
    SpfVerdict,
)
from mailproof.records.mailboxes import address_domain, domain_to_ascii
from mailproof.records.microsoft_words import compauth
from mailproof.structs import replace

#: Other software's result words -> those of RFC 8601.
_ALIASES = {
    "hardfail": "fail",
    "error": "temperror",
    "timeout": "temperror",
    "unknown": "permerror",
    "invalid": "permerror",
}

#: Microsoft's action= values for mail that was not treated as the policy asks.
_ACTIONS = {
    "oreject": "Microsoft overrode the policy's reject: the message was let in and marked (action=oreject)",
    "oquarantine": "Microsoft overrode the policy's quarantine (action=o.quarantine)",
    "pctquarantine": "the policy quarantines only part of the failures (pct=), and let this message in",
    "pctreject": "the policy rejects only part of the failures (pct=), and let this message in",
}

_DOUBT = "; or a sender wrote this header: it is below their Received header"
_DKIM_NOTES = {
    "no-key": "the key is no longer published: it was removed or rotated since",
    "key-replaced": "the key has been removed or replaced since they verified it",
    "key-lookup-failed": "could not look up the key now, so we can't tell",
    "key-revoked": "the key has been revoked since",
    "several-keys": "the selector has several keys now; which one a verifier picks is chance",
    "expired": "the signature has expired since they verified it",
    "body-hash": "the body was changed after they verified it (by a later hop, or when it was saved)",
    "body-and-signature": "the message was changed after they verified it (by a later hop, or when saved)",
    "signature": "a signed header was changed after they verified it, or the key was rotated since",
    "changed-since": "the message was changed after they verified it (by a later hop, or when it was saved)",
    "no-body": "only headers were given, so the body could not be checked here",
    "altered-copy": "this copy was altered by pasting, so it could not be checked here",
    "sha1": "they still count rsa-sha1, which RFC 8301 forbids",
    "short-key": "they still count keys under 1024 bits, which RFC 8301 forbids",
}


class Verdicts(Struct, frozen=True):
    """Our own results. None if it is unknown what to evaluate, or the evaluation failed.

    ``signatures`` are the ``b=`` values without white space, which identify each signature; ``earlier`` is an
    older hop at which SPF would have passed; ``failures`` lists what could not be checked.
    """

    spf: SpfVerdict | None = None
    spf_helo: SpfVerdict | None = None
    dkim: tuple[DkimVerdict, ...] = ()
    signatures: tuple[str, ...] = ()
    arc: ArcVerdict | None = None
    dmarc: DmarcVerdict | None = None
    earlier: ReceivedHop | None = None
    failures: tuple[CollectorFailure, ...] = ()


def compare(
    results: Iterable[AuthenticationResults],
    ours: Verdicts,
    doubtful: tuple[AuthenticationResults, ...] = (),
) -> tuple[AuthenticationResults, ...]:
    """The same fields, with each method of a trusted one compared with our result.

    For an ARC sealer's results (it need not be the receiver), only DKIM and DMARC are compared: they were
    evaluated on the same message, but SPF on a different client. The ``doubtful`` ones may have been written
    by a sender.
    """
    compared: set[int] = set()
    return tuple(
        replace(
            result,
            methods=tuple(
                _compare_method(method, ours, result, compared, _DOUBT if result in doubtful else "")
                for method in result.methods
            ),
        )
        if result.trusted or result.header == "ARC-Authentication-Results"
        else result
        for result in results
    )


def signature_of(
    method: AuthMethod, verdicts: tuple[DkimVerdict, ...], signatures: tuple[str, ...], compared: set[int]
) -> DkimVerdict | None:
    """The verdict on the signature a dkim= result refers to: by b=, else s= and d=, else d= or i=.

    ``signatures`` are their ``b=`` values (``Verdicts.signatures``); ``compared`` holds those already
    matched: the next result is about another one.
    """
    start = method.value_of("b").replace(" ", "")
    domain = domain_to_ascii(method.value_of("d")) or address_domain(method.value_of("i"))
    selector = method.value_of("s").lower()
    if start:
        texts = dict(enumerate(signatures))
        exact = [v for v in verdicts if texts.get(v.index, "").startswith(start)]
        if exact:
            return exact[0]
    if not domain:
        return verdicts[0] if len(verdicts) == 1 and not method.properties else None
    near = [v for v in verdicts if v.domain == domain and selector in ("", v.selector.lower())]
    chosen = next((v for v in near if v.index not in compared), near[0] if near else None)
    if chosen is not None:
        compared.add(chosen.index)
    return chosen


def _compare_method(
    method: AuthMethod, ours: Verdicts, result: AuthenticationResults, compared: set[int], doubt: str
) -> AuthMethod:
    theirs = _ALIASES.get(method.result, method.result)
    if not result.trusted and method.method not in ("dkim", "dmarc"):
        return method
    if method.method == "spf":
        return _with_result(method, *_spf(method, theirs, ours), doubt)
    if method.method == "dkim":
        return _with_result(method, *_dkim(method, theirs, ours, compared), doubt)
    if method.method == "dmarc" and ours.dmarc:
        own, agrees, note = _dmarc(theirs, ours.dmarc, method.value_of("from"))
        done = _ACTIONS.get(method.value_of("action").lower().replace(".", ""), "")
        return _with_result(method, own, agrees, "; ".join(filter(None, (note, done))), doubt)
    if method.method == "arc" and ours.arc:
        return _with_result(method, *_arc(theirs, ours.arc, result.authserv_id), doubt)
    if method.method == "compauth":
        return replace(method, note=compauth(method.reason or method.value_of("reason")))
    return method


def _with_result(method: AuthMethod, own: str, agrees: bool | None, note: str, doubt: str) -> AuthMethod:
    return replace(method, ours=own, agrees=agrees, note=note + doubt if agrees is False else note)


def _arc(theirs: str, verdict: ArcVerdict, authserv_id: str) -> tuple[str, bool | None, str]:
    """Compare with the chain as it was before they sealed the message themselves."""
    own = verdict.result
    theirs_alone = [each for each in verdict.sets if authserv_id and related(each.domain, authserv_id)]
    if not theirs_alone:
        return own, theirs == own, "" if theirs == own else verdict.reason
    if len(theirs_alone) == len(verdict.sets):
        return "none", theirs == "none", "" if theirs == "none" else "all sets are their own"
    if theirs == own:
        return own, True, ""
    said = theirs_alone[0].chain_validation
    if theirs == said and not any(each.seal_valid is False for each in verdict.sets):
        return own, None, f"they evaluated it before adding their own seal, which repeats it (cv={said})"
    return own, False, verdict.reason


def _spf(method: AuthMethod, theirs: str, ours: Verdicts) -> tuple[str, bool | None, str]:
    if method.value_of("pra"):
        return "", None, "they checked the author's address (Sender ID, RFC 4406), which SPF does not"
    # Received-SPF has both identities; some say which one the result is for.
    scope = (method.value_of("identity") or method.value_of("spf")).lower()
    checked = method.value_of("mailfrom") or method.value_of("receiver")
    by_helo = scope == "helo" or (bool(method.value_of("helo")) and not scope and not checked)
    verdict = ours.spf_helo if by_helo and ours.spf_helo else ours.spf
    if verdict is None:
        return "", None, "the host to check SPF for is unknown here"
    own = verdict.result
    if theirs == own:
        return own, True, ""
    client = client_of(method)
    if client and client != verdict.ip:
        return own, None, f"they checked the client {client}, we checked {verdict.ip}"
    if own == "temperror":
        return own, None, f"could not check here: {verdict.reason}"
    if theirs == "temperror":
        return own, None, "the DNS failed when they asked; it works now"
    sender = method.value_of("helo" if by_helo else "mailfrom")
    domain = address_domain(sender) or domain_to_ascii(sender)
    if domain and domain != verdict.domain:
        return own, None, f"they checked {domain}, we checked {verdict.domain}"
    if {theirs, own} <= {"none", "neutral"}:
        return own, True, "none and neutral are treated alike (RFC 7208 section 2.6)"
    if {theirs, own} <= {"fail", "softfail", "neutral", "none"}:
        return (
            own,
            False,
            "neither is a pass; the record was changed since, or they report a fail as something weaker",
        )
    if own == "permerror" and theirs == "pass":
        note = "they were laxer than RFC 7208, which says permerror, or the record was changed since"
        return own, False, f"{note}: {verdict.reason}"
    return own, False, f"the record was changed since, or they checked another address; now: {verdict.reason}"


def _dkim(
    method: AuthMethod, theirs: str, ours: Verdicts, compared: set[int]
) -> tuple[str, bool | None, str]:
    if not ours.dkim:
        # Yahoo: dkim=unknown
        if theirs == "none" or (theirs not in ("pass", "fail") and not method.properties):
            return "none", True, ""
        return "none", False, "the message has no DKIM-Signature now: it was removed on the way"
    if theirs == "none":
        return "", None, "they saw no signature; there is one now"
    verdict = signature_of(method, ours.dkim, ours.signatures, compared)
    if verdict is None:
        return "", None, "the message has no signature with that domain and selector now"
    own = verdict.result
    if theirs == own:
        return own, True, ""
    if own == "temperror" or verdict.code in UNVERIFIED:
        return own, None, _DKIM_NOTES.get(verdict.code, verdict.reason)
    if theirs == "temperror":
        return own, None, "their lookup of the key failed; it works now"
    if theirs == "pass":
        return own, False, _DKIM_NOTES.get(verdict.code, verdict.reason)
    if own == "pass":
        note = "the key was published or repaired since, or they saw the message in another form"
        if "future-timestamp" in verdict.notes:
            note = "its signing time (t=) is after it arrived, which they may refuse (RFC 6376 section 3.5)"
        return own, False, note
    return own, True, "neither accepts the signature: only the result words differ"


def _dmarc(theirs: str, verdict: DmarcVerdict, author: str) -> tuple[str, bool | None, str]:
    own = verdict.result
    if theirs == own:
        return own, True, ""
    if theirs == "bestguesspass":
        note = "bestguesspass is Microsoft's: there is no DMARC record, but one would have passed"
        return own, own in ("none", "pass"), note
    if own == "temperror":
        return own, None, f"could not check here: {verdict.reason}"
    if theirs == "temperror":
        return own, None, "the DNS failed when they asked; it works now"
    if theirs == "pass":
        note = "their SPF or DKIM results differ from ours, or they trusted a forged header"
        return own, False, f"{note}; now: {verdict.reason}"
    if theirs == "none" and not author.isascii():
        note = f"they may have asked for the record of {author} as written, not in A-labels (RFC 8616)"
        return own, False, f"{note}: {domain_to_ascii(author) or author}"
    if theirs == "none":
        return own, False, "the record was published since, or only RFC 9989's tree walk finds it"
    if own == "none":
        return own, False, "the record was removed since they checked"
    return own, False, f"their SPF or DKIM results differ from ours; now: {verdict.reason}"
