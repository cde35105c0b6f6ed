"""BIMI: logo is not SVG Tiny PS

## What it checks
The logo against the profile SVG Tiny Portable/Secure: well-formed, version 1.2, baseProfile tiny-ps, a
title, and no scripts, animation, embedded images, style sheets or external references. A file with
declarations in its document type is not read at all.

## Why it matters
Receivers reject other files, since an image can carry programs and load external content.

## How to fix
Convert the file with a tool for SVG Tiny PS, or remove what the finding lists.

## Example
Before:

    <svg xmlns="http://www.w3.org/2000/svg" version="1.1" viewBox="0 0 64 64">
      <rect width="64" height="64" style="fill: #036"/>
    </svg>

After:

    <svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" viewBox="0 0 64 64">
      <title>Acme</title>
      <rect width="64" height="64" fill="#036"/>
    </svg>

## References
- draft-svg-tiny-ps-abrotman section 2
- draft-brand-indicators-for-message-identification section 7.6
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.bimi._facts import Found, logos
from mailproof.model import BimiLogo, Severity
from mailproof.printable import counted


@declare(Severity.WARNING, each=logos)
def check(found: Found, logo: BimiLogo, report: Reporter) -> None:
    faults = [problem for problem in logo.problems if problem.fatal]
    if not faults:
        return
    more = f" (and {counted(len(faults) - 1, 'more fault')})" if len(faults) > 1 else ""
    report(
        f"The logo at {logo.fetch.url} is not SVG Tiny PS: {faults[0].message}{more}.",
        location=found.at_tag("l"),
        evidence=tuple(f"line {problem.line}: {problem.message}" for problem in faults[:10]),
        fix="Export the logo as SVG Tiny PS, and serve it at the same address.",
    )
