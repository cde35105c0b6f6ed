"""A filter of the receiver calls the message spam

## What it checks
The verdicts that spam filters wrote into the header (Microsoft's SCL and CAT, `X-Spam-Status`,
`X-Spamd-Result`, Proofpoint's and others): those of the border, which took the message in. What stands
where anybody could have written it does not count.

## Why it matters
It is the receiver's own word on why the message went to Junk or quarantine. Phishing, forgery and malware
are errors: such mail is kept away from the user.

## How to fix
The decoded reasons are named. First let SPF, DKIM and DMARC pass; then look at reputation, links and
content. Where all is well, the receiver's administrator can report the message as judged wrongly.

## References
- https://learn.microsoft.com/defender-office-365/message-headers-eop-mdo
- https://spamassassin.apache.org/
- https://docs.rspamd.com/configuration/metrics
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.message._facts import in_header, values
from mailproof.checks.message._filters import mending, symbols_of, told, weightiest
from mailproof.model import FilterVerdict, Fix, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)
_WORDS = {"malware": "harmful", "phish": "phishing or forged", "spam": "spam", "bulk": "bulk mail"}
_REPORT = "where SPF, DKIM and DMARC pass, let the receiver's administrator report it as judged wrongly"
#: Parts of Microsoft's header that say where the message came from, and not why it was judged so.
_NO_REASONS = ("CIP", "CTRY", "DIR", "H", "LANG", "PTR")
#: Microsoft's categories that say what to mend.
_CATEGORIES = {
    "SPOOF": "let DMARC pass for the From domain (SPF or DKIM, aligned)",
    "BULK": "send only to who asked for it, with one-click unsubscribing (the organization can raise its "
    "bulk threshold)",
    "BIMP": "do not let the display name look like a known brand that is not yours",
    "DIMP": "do not let the From domain look like the organization's own",
    "GIMP": "do not let the display name look like a contact of the recipient under another address",
    "UIMP": "do not let the display name look like a person of the organization under another address",
    "FTBP": "send a link in place of the attachment: its type is blocked",
    "AMP": "let the attachments be checked for malware: one was found",
    "MALW": "let the attachments be checked for malware: one was found",
    "SAP": "let the attachments be checked for malware: one was found",
}


def check(facts: MessageFacts, report: Reporter) -> None:
    if not facts.filters:
        raise NotApplicable("no spam filter left a header that is known")
    trusted = [each for each in facts.filters if each.trusted]
    judged = [each for each in trusted if each.judgement != "unknown"]
    if not judged:
        other = "" if trusted else ", and it is not the border that wrote what there is"
        raise NotApplicable(f"no spam filter of the receiver left a verdict{other}")
    worst: dict[str, FilterVerdict] = {}
    for each in sorted(judged, key=_weight):
        worst.setdefault(each.filter, each)
    for each in worst.values():
        if each.judgement in _WORDS:
            _report(report, facts, each)


def _weight(verdict: FilterVerdict) -> int:
    """The worst first; of equals, as they stand."""
    return list(_WORDS).index(verdict.judgement) if verdict.judgement in _WORDS else len(_WORDS)


def _report(report: Reporter, facts: MessageFacts, verdict: FilterVerdict) -> None:
    score = (
        ""
        if verdict.score is None or verdict.threshold is None
        else (f": {verdict.score:g} of {verdict.threshold:g} points")
    )
    symbols = weightiest(symbols_of(verdict))
    reasons = tuple(told(each) for each in symbols) or tuple(
        f"{each.name}={each.value}{f': {each.meaning}' if each.meaning else ''}"
        for each in verdict.details
        if each.name not in _NO_REASONS and each.value != "NLI"
    )
    texts = values(facts, verdict.header)
    severe = verdict.judgement in ("phish", "malware")
    name = verdict.filter if verdict.filter[:2] != "a " else "The receiver's filter"
    report(
        f"{name} calls the message {_WORDS[verdict.judgement]} ({verdict.header}{score}).",
        location=in_header(verdict.header, texts[0] if texts else ""),
        evidence=reasons,
        fix=_fix(verdict) or mending(symbols, _REPORT),
        severity=Severity.ERROR if severe else None,
    )


def _fix(verdict: FilterVerdict) -> Fix | None:
    category = next((each.value.upper() for each in verdict.details if each.name == "CAT"), "")
    return Fix(_CATEGORIES[category]) if category in _CATEGORIES else None
