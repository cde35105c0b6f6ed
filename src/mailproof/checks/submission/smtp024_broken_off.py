"""Submission: SMTP session broken off

## What it checks
The session after the greeting, while the message is handed over. The rule fires where the server drops the
connection, stays silent, or answers with something that is not SMTP.

## Why it matters
The message did not leave. Crashed processes, content filters behind the server that time out, and
intercepting firewalls look like this. After the final dot it is not known whether the server took the message
(RFC 5321 section 4.2.5): a sending server then tries again, and the recipient gets it twice if it did
(RFC 1047). mailproof sends it once and still watches the mailbox.

## How to fix
Look at the server's log at the time of the probe. Where it broke off after the final dot, see what the server
does before it answers (content filters, antivirus): that must take less than ten minutes.

## Example
Before:

    DATA
    (connection closed)

After:

    DATA
    354 End data with <CR><LF>.<CR><LF>

## References
- RFC 5321 section 3.8
- RFC 5321 section 4.2.5
- RFC 5321 section 4.5.3.2
- RFC 1047
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import ended, evidence, place, said, submission
from mailproof.model import DeliveryFacts, Severity, SubmissionStage


@declare(Severity.ERROR, ended("mail", "rcpt", "data", by=("protocol", "timeout")))
def check(facts: DeliveryFacts, stage: SubmissionStage, report: Reporter) -> None:
    came = facts.retrieval.result if facts.retrieval is not None else ""
    known = {"found": " It did: the message arrived.", "bounced": " It did: the message bounced."}.get(
        came, ""
    )
    in_doubt = submission(facts).in_doubt
    report(
        f"{place(facts)} broke off the session at {stage.stage}: {said(stage)}.{known if in_doubt else ''}",
        evidence=evidence(stage),
        fix=(
            "Look at the mail server's log at the time of the probe for what fails or takes so long before "
            "the answer to the final dot: senders will deliver twice"
            if in_doubt
            else "Look at the mail server's log at the time of the probe"
        ),
    )
