"""The rows of the placement table: where each message arrived, and the receiver's verdicts. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from mailproof.model import (
    AuthenticationResults,
    DeliveryFacts,
    FilterVerdict,
    HttpSubmission,
    MessageFacts,
    Placement,
    PlacementResult,
    RecipientFacts,
    SeenResult,
)
from mailproof.structs import replace

_METHODS = ("spf", "dkim", "dmarc")


def placement_of(recipient: RecipientFacts) -> Placement:
    """The row of one recipient."""
    delivery, message = recipient.delivery, recipient.message
    came = delivery.retrieval
    row = Placement(recipient.receiver, delivery.recipient, _result(delivery), reason=_reason(delivery))
    if came is not None and came.result == "found":
        row = replace(
            row,
            folder=came.folder,
            tab=came.tab,
            junk=came.junk,
            seconds=came.took_s,
            noticed=came.waited_s,
        )
    return row if message is None else _with_message(row, message)


def _with_message(row: Placement, message: MessageFacts) -> Placement:
    theirs = _theirs(message)
    spam = _spam(message.filters)
    hop = message.handover
    tls = "" if hop is None else hop.tls or ("none" if hop.tells_tls else "")
    return replace(
        row,
        spf=SeenResult(theirs["spf"], message.spf.result if message.spf else ""),
        dkim=SeenResult(theirs["dkim"], _best(each.result for each in message.dkim) or "none"),
        dmarc=SeenResult(theirs["dmarc"], message.dmarc.result if message.dmarc else ""),
        spam_filter=spam.filter if spam else "",
        spam_judgement=spam.judgement if spam else "",
        spam_score=spam.score if spam else None,
        spam_threshold=spam.threshold if spam else None,
        tls=tls,
    )


def _result(delivery: DeliveryFacts) -> PlacementResult:
    sent, came = delivery.submission, delivery.retrieval
    taken = sent is not None and (sent.accepted or sent.in_doubt)
    if sent is not None and (sent.dry_run or (isinstance(sent, HttpSubmission) and sent.simulated)):
        return "skipped"
    if came is not None and (taken or came.result != "skipped"):
        return came.result
    if taken:
        return "sent"
    failure = sent.failure if sent is not None else None
    return "refused" if failure is not None and failure.kind in ("rejected", "deferred") else "not sent"


def _reason(delivery: DeliveryFacts) -> str:
    came, sent = delivery.retrieval, delivery.submission
    failure = sent.failure if sent is not None and not sent.in_doubt else None
    if failure is not None:
        return failure.words
    if came is None or came.result == "found":
        return ""
    bounce = came.bounce
    return f"{bounce.status} {bounce.diagnostic}".strip() if bounce is not None else came.reason


def _theirs(message: MessageFacts) -> dict[str, str]:
    """The result of each method that the receiver's own server wrote; "" if it wrote none."""
    trusted = [each for each in message.authentication_results if each.trusted and not each.forged]
    trusted += [each for each in message.other_results if each.trusted and each.header == "Received-SPF"]
    return {method: _best(_results(trusted, method)) for method in _METHODS}


def _results(headers: Iterable[AuthenticationResults], method: str) -> Iterable[str]:
    """The results of the first header that has any."""
    for header in headers:
        found = [each.result for each in header.methods if each.method == method]
        if found:
            return found
    return ()


def _best(results: Iterable[str]) -> str:
    """``pass`` if any result is one, else the first."""
    found = tuple(results)
    return "pass" if "pass" in found else next(iter(found), "")


def _spam(filters: Iterable[FilterVerdict]) -> FilterVerdict | None:
    """The verdict to show: of the receiver's own filters, the first with a score, else with a verdict."""
    trusted = [each for each in filters if each.trusted]
    scored = (each for each in trusted if each.score is not None)
    return next(scored, None) or next((each for each in trusted if each.judgement != "unknown"), None)
