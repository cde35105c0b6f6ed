"""BIMI: logo that receivers may show badly or not at all

## What it checks
What the profile recommends: at most 32 KiB, a square viewBox, a short title with the name of the brand, no
document type.

## Why it matters
Receivers crop logos to squares or circles, and some skip larger files.

## How to fix
Draw the logo on a square, simplify its paths, and put the name of the brand into its title.

## Example
Before:

    <svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" viewBox="0 0 64 32">
      <title>Acme</title>
      <rect width="64" height="32" fill="#036"/>
    </svg>

After:

    <svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" viewBox="0 0 64 64">
      <title>Acme</title>
      <rect y="16" width="64" height="32" fill="#036"/>
    </svg>

## References
- draft-svg-tiny-ps-abrotman section 2
- draft-brand-indicators-for-message-identification section 5
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import Found, logos
from mailproof.model import BimiLogo, Severity


@declare(Severity.WARNING, each=logos)
def check(found: Found, logo: BimiLogo, report: Reporter) -> None:
    for problem in logo.problems:
        if not problem.fatal:
            report(
                f"Receivers may show the logo at {logo.fetch.url} badly or not at all: {problem.message}.",
                location=found.at_tag("l"),
                fix="Correct the file, and serve it at the same address.",
            )
