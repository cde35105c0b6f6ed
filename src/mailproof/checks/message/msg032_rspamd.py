"""Rspamd: message marked, delayed or rejected

## What it checks
Where Rspamd is configured (`--rspamd`, or `[filters.rspamd]`), its answer to the message and its envelope.
The rule fires on every action but "no action" (reject, add header, rewrite subject: spam; greylist, soft
reject: later), and lists the score and the symbols that cost most. Without an answer the result is
`unknown`.

## Why it matters
Many mail servers run Rspamd with about these symbols. Another one may come to a different result, by its
lists and its training. Gmail, Yahoo and Microsoft use filters of their own.

## How to fix
Fix the causes of the heaviest symbols, from the top. Rspamd looks at the client too: give `--ip`, `--helo`
and `--mail-from` where the message does not show them.

## Example
Before:

    "action": "add header", "score": 8.2, "required_score": 15.0

After:

    "action": "no action", "score": -0.7, "required_score": 15.0

## References
- https://docs.rspamd.com/developers/protocol
- https://docs.rspamd.com/configuration/metrics
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._filters import fix_of, line_of, points, response_of, weightiest
from mailproof.model import AskedFilter, Location, MessageFacts, Severity

_NO_CLIENT = (
    "The client's address is unknown, so what Rspamd says about the client (HFILTER_HOSTNAME_UNKNOWN) means "
    "nothing: give --ip"
)
_DOES = {
    "reject": "would reject the message",
    "discard": "would discard the message",
    "quarantine": "would quarantine the message",
    "add header": "would mark the message as spam (add header)",
    "rewrite subject": "would mark the message as spam (rewrite subject)",
    "greylist": "would defer the message (greylist)",
    "soft reject": "would defer the message (soft reject)",
}


@declare(Severity.WARNING, response_of("Rspamd"))
def check(facts: MessageFacts, asked: AskedFilter, report: Reporter) -> None:
    if asked.verdict == "clean":
        return
    symbols = weightiest(asked.symbols)
    lines = tuple(line_of(each) for each in symbols)
    if not facts.envelope.ip:
        lines += (_NO_CLIENT,)
    report(
        f"Rspamd ({asked.server}) {_DOES.get(asked.action.lower(), asked.action)}: {points(asked)}.",
        location=Location(name="Rspamd"),
        evidence=lines,
        fix=fix_of(symbols, "Read what the heaviest symbols say, and change that"),
        severity=None if asked.verdict == "spam" else Severity.INFO,
    )
