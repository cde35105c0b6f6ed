"""Submission: no proper SMTP greeting

## What it checks
The greeting and the answer to EHLO. The rule fires where the server refuses at once (`554`), stays silent,
drops the connection, sends something that is not SMTP, or does not accept our EHLO.

## Why it matters
No mail leaves. A `554` greeting rejects this client's address. Another service behind the port (SSH, HTTP,
a proxy) looks like this too.

## How to fix
Read the server's words: a refusal by address has to be lifted by its administrator. Otherwise check that
the port is an SMTP server's.

## Example
Before:

    554 5.7.1 smtp.acme.example: access denied for 192.0.2.77

After:

    220 smtp.acme.example ESMTP Postfix

## References
- RFC 5321 section 3.1
- RFC 5321 section 4.2
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.delivery import ended_at, evidence, known_fix, place, said, smtp
from mailproof.model import DeliveryFacts, Severity, SmtpSubmission


@declare(Severity.ERROR, smtp)
def check(facts: DeliveryFacts, _: SmtpSubmission, report: Reporter) -> None:
    stage = ended_at(facts, "greeting", "ehlo")
    if stage is not None and stage.kind not in ("deferred", "wrong-mode"):
        refused = stage.kind == "rejected"
        does = "refuses the session" if refused else "does not start an SMTP session"
        name = "Set ehlo_name to a name that the server accepts, or follow its words"
        rejection = name if stage.stage == "ehlo" else "Follow the server's words: it refuses this client"
        report(
            f"{place(facts)} {does} ({stage.stage}): {said(stage)}.",
            evidence=evidence(stage),
            fix=(known_fix(facts, stage.reply) or rejection)
            if refused
            else "Check that an SMTP server listens on this port, and that it accepts this client",
        )
