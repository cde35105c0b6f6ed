"""DKIM: no selector known

## What it checks
The selectors of the domain, which can't be listed from the DNS. Where none was given, a dated list of the
selectors of well-known providers is tried: those of the domain's own providers and the ten most common ones,
ten more where nothing is at these, then those that come with the ones found (selector2 with selector1), or
all with `--all-selectors`. Where none of them has a key, nothing is proved: the outcome of this rule is then
unknown.
It never says that DKIM is missing.

## Why it matters
Amazon SES, Postmark, HubSpot and others use selectors that can't be guessed. Calling DKIM missing because a
guess failed is the most common false alarm of checking tools.

## How to fix
Give the selector: `mailproof audit --selector s1 acme.example`. It is the `s=` of the DKIM-Signature in any
message that the domain sent; `mailproof verify message.eml` reads it there, and `mailproof probe` from its
own message.

## Example
Before:

    mailproof audit acme.example

After:

    mailproof audit --selector s1 acme.example

## References
- RFC 6376 section 3.1
- RFC 8020 section 2
"""

from mailproof.checks.base import NotApplicable, Reporter, Undetermined, answered, declare
from mailproof.checks.dkim._facts import NAMED, discovery
from mailproof.model import DkimDiscovery, DomainFacts, Severity


@declare(Severity.INFO, discovery)
def check(facts: DomainFacts, search: DkimDiscovery, report: Reporter) -> None:
    """Raise Undetermined if no selector is known to have a key, but some may."""
    for each in facts.dkim:
        if each.origin in NAMED and each.status == "unknown":
            raise Undetermined.of(each.lookup)
    # DKIM001 covers named selectors; a guessed one with a revoked key or a dangling alias proves nothing.
    if any(each.origin in NAMED or each.status in ("valid", "invalid") for each in facts.dkim):
        return
    if search.no_keys:
        raise NotApplicable(f"{search.domainkey.name} does not exist: there is no key (DKIM003)")
    answered(search.domainkey)
    if search.listed:
        raise NotApplicable("the given zone has no selector with a usable key")
    what = (
        f"none of the {search.tried} common selectors tried (list of {search.list_date}) has a usable key"
        if search.tried
        else "no selector was tried"
    )
    hint = "name one (the s= of a DKIM-Signature) with audit --selector or in mailproof.toml"
    raise Undetermined(f"{what}, and others can't be listed: {hint}")
