"""DKIM: unknown key type

## What it checks
The `k=` of each key record. The rule fires where it is neither `rsa` nor `ed25519`, in lower case.

## Why it matters
Receivers ignore keys of a type that they do not know: the signature fails with `dkim=permerror`. The value is
the type of the key (`ed25519`), not the signing algorithm (`ed25519-sha256`).

## How to fix
Set `k=` to the type of the key, or leave it out for RSA.

## Example
Before:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=ed25519-sha256; p=AO1yJzuC25jh…Oh1h4="

After:

    s1._domainkey.acme.example. TXT "v=DKIM1; k=ed25519; p=AO1yJzuC25jh…Oh1h4="

## References
- RFC 6376 section 3.6.1
- RFC 8463 section 4
"""

from mailproof.checks.base import Reporter, declare
from mailproof.checks.dkim._facts import PublishedKey, faults
from mailproof.model import Severity, TagProblem


@declare(Severity.ERROR, each=faults, codes="unknown-key-type")
def check(key: PublishedKey, problem: TagProblem, report: Reporter) -> None:
    unclear = f"Publish an RSA or ed25519 key for the selector {key.facts.selector}"
    report(
        f"The key at {key.facts.name} has k={key.record.key_type[:40]}, which is not a known type.",
        location=key.at(problem),
        evidence=(key.facts.lookup.describe(),),
        fix=key.repair("Set k= to the type of the key", unclear),
    )
