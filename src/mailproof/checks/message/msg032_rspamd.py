"""Rspamd would not deliver the message as it is

## What it checks
Where an Rspamd is configured (`--rspamd`, or `[filters.rspamd]`), the message and its envelope are sent to
it. Its action is told (reject, add header, rewrite subject: spam; greylist, soft reject: later), with its
score and the symbols that cost most. Where it gives no answer, the outcome is `unknown`.

## Why it matters
Many mail servers run Rspamd with about these symbols. Another one may judge otherwise, by its lists and its
training; Gmail, Yahoo and Microsoft use filters of their own.

## How to fix
Mend the causes of the weightiest symbols, from the top. Rspamd judges the client too: give `--ip`, `--helo`
and `--mail-from` where the message does not tell them.

## References
- https://docs.rspamd.com/developers/protocol
- https://docs.rspamd.com/configuration/metrics
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._filters import asked_of, mending, points, told, weightiest
from mailproof.model import Location, MessageFacts, Severity

RULE = declare(__name__, __doc__, Severity.WARNING)
_NO_CLIENT = (
    "The client's address is not known, so that what it says of the client (HFILTER_HOSTNAME_UNKNOWN) means "
    "nothing: give --ip"
)
_DOES = {
    "reject": "would refuse it",
    "discard": "would throw it away",
    "quarantine": "would keep it back",
    "add header": "would mark it as spam (add header)",
    "rewrite subject": "would mark it as spam (rewrite subject)",
    "greylist": "would have it tried again later (greylist)",
    "soft reject": "would have it tried again later (soft reject)",
}


def check(facts: MessageFacts, report: Reporter) -> None:
    asked = asked_of(facts, "Rspamd")
    if asked.verdict == "clean":
        return
    symbols = weightiest(asked.symbols)
    lines = tuple(told(each) for each in symbols)
    if not facts.envelope.ip:
        lines += (_NO_CLIENT,)
    report(
        f"Rspamd ({asked.server}) {_DOES.get(asked.action.lower(), asked.action)}: {points(asked)}.",
        location=Location(name="Rspamd"),
        evidence=lines,
        fix=mending(symbols, "look at what the weightiest symbols say, and change that"),
        severity=RULE.rule.severity if asked.verdict == "spam" else Severity.INFO,
    )
