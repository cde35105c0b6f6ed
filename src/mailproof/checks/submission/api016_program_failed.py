"""Submission: program failed

## What it checks
The program that should have taken the message (`kind = "sendmail"` or `"command"`). The rule fires where it
could not be started, ended with an exit code other than 0, or did not end in time.

## Why it matters
No mail leaves, unless it did before the program failed.

## How to fix
Run the program by hand as the same user, with a message on its standard input. Exit codes of sendmail are
those of sysexits.h: 67 the recipient is unknown, 75 try again later, 77 no permission.

## Example
Before:

    $ /usr/sbin/sendmail -i -f ada@acme.example -- bob@receiver.example; echo $?
    75

After:

    $ /usr/sbin/sendmail -i -f ada@acme.example -- bob@receiver.example; echo $?
    0

## References
- https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/baselib-sendmail-1.html
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.delivery import ended_at_any, submission
from mailproof.model import DeliveryFacts, ProgramSubmission, Severity, SubmissionFacts


@declare(Severity.ERROR, submission)
def check(facts: DeliveryFacts, sent: SubmissionFacts, report: Reporter) -> None:
    if not isinstance(sent, ProgramSubmission):
        raise NotApplicable("the message was not handed to a program")
    stage = ended_at_any(facts)
    if stage is not None:
        words = f": {stage.text.rstrip('. ')}" if stage.text else ""
        report(
            f"{sent.program} did not take the message: {stage.reason}{words}.",
            evidence=(stage.text,) if stage.text else (),
            fix="Run it by hand as the same user, with a message on its standard input",
        )
