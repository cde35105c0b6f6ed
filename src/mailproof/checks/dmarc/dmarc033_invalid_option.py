"""DMARC: invalid value of adkim, aspf, t or psd

## What it checks
The values of `adkim` and `aspf` (r or s), `t` (y or n) and `psd` (y, n or u).

## Why it matters
Receivers ignore any other value and apply the default, which may not be what you want.

## How to fix
Write one of the letters, or remove the tag.

## Example
Before:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; adkim=strict; rua=mailto:dmarc@acme.example"

After:

    _dmarc.acme.example. TXT "v=DMARC1; p=reject; adkim=s; rua=mailto:dmarc@acme.example"

## References
- RFC 9989 sections 4.7 and 4.8
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dmarc._facts import Applied, faults
from mailproof.model import Severity, TagProblem


@declare(
    Severity.WARNING,
    each=faults,
    codes="invalid-alignment invalid-psd invalid-test",
    because_of="DMARC004 DMARC005",
    consequence="tidy",
)
def check(found: Applied, problem: TagProblem, report: Reporter) -> None:
    name = problem.message.partition("=")[0]
    report(
        f"At {found.name}, {problem.message}.",
        location=found.at(problem),
        fix=found.write(name, problem, f"Write the letter you want, or remove {name}=."),
    )
