"""Message: undeclared 8-bit text

## What it checks
Octets over 127 in the MIME parts. The rule fires where a part has some without `Content-Transfer-Encoding:
8bit` or an encoding.

## Why it matters
A part without that field is 7-bit by definition. Servers may reject, convert or strip such octets, which
breaks DKIM; mail programs guess the character set and show garbage.

## How to fix
Send quoted-printable or base64, or declare 8bit and a character set.

## Example
Before:

    Content-Type: text/plain; charset=utf-8

    Grüße aus Köln

After:

    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: quoted-printable

    Gr=C3=BC=C3=9Fe aus K=C3=B6ln

## References
- RFC 2045 section 2.7
- RFC 6152
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.message._content import sent_of
from mailproof.checks.message._facts import in_header
from mailproof.model import Fix, MessageContent, Severity
from mailproof.printable import counted


@declare(Severity.WARNING, sent_of)
def check(content: MessageContent, report: Reporter) -> None:
    if not content.raw_8bit:
        return
    message = f"A part that is 7-bit by its header has {counted(content.raw_8bit, 'octet')} over 127."
    fix = Fix("Encode the part as quoted-printable, with its charset in Content-Type")
    place = in_header("Content-Transfer-Encoding")
    report(message, location=place, fix=fix)
