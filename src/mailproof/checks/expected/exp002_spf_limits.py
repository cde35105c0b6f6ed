"""SPF: lookups or all differ from mailproof.toml

## What it checks
The number of DNS lookups that the SPF record takes, compared with `expect.spf.max_lookups` in
mailproof.toml, and what hosts get that no term names, compared with `expect.spf.rest` (fail is -all,
softfail ~all, neutral ?all, pass +all).

## Why it matters
A limit below ten leaves room for the include that a provider adds to its own record. A weaker `all` takes
back what was decided for the domain.

## How to fix
Remove includes that are not needed, or restore the `all`. Where the change is meant, change
mailproof.toml with it.

## Example
With `expect.spf.rest = "fail"`, before:

    acme.example. TXT "v=spf1 mx ~all"

After:

    acme.example. TXT "v=spf1 mx -all"

## References
- RFC 7208 section 4.6.4
- RFC 7208 section 5.1
"""

from mailproof.checks.base import NotApplicable, Reporter, declare
from mailproof.checks.expected._facts import wanted
from mailproof.checks.spf._facts import at, policy_of, spf_of
from mailproof.model import DomainFacts, Expectations, Location, Qualifier, Severity, SpfExpected
from mailproof.model.expectations import SpfRest

_RESULTS: dict[Qualifier, SpfRest] = {"-": "fail", "~": "softfail", "?": "neutral", "+": "pass"}


@declare(Severity.ERROR, needs="spf")
def check(facts: DomainFacts, report: Reporter) -> None:
    expected = wanted(facts, _limits)
    spf = spf_of(facts)
    if spf.root.record is None:
        report(
            f"{facts.domain} has no SPF record to compare with mailproof.toml.",
            location=Location(facts.domain, "TXT"),
        )
        return
    most = expected.max_lookups
    if most is not None and spf.lookup_count > most:
        report(
            f"The SPF record of {facts.domain} takes {spf.lookup_count} DNS "
            f"{'lookup' if spf.lookup_count == 1 else 'lookups'}, and mailproof.toml allows {most}.",
            location=at(spf.root),
        )
    elif most is not None:
        report.unanswered(*spf.unknown)
    if expected.rest is not None:
        node, record = policy_of(facts)
        rest = result_of_the_rest(facts) if record.valid else "permerror"
        if rest != expected.rest:
            report(
                f"Hosts that the SPF record of {facts.domain} does not name get {rest}, and mailproof.toml "
                f"expects {expected.rest}.",
                location=at(node, record.all_term),
            )


def result_of_the_rest(facts: DomainFacts) -> SpfRest:
    """The result for hosts that no term matches. Raises like ``policy_of``."""
    _, record = policy_of(facts)
    if not record.valid:
        raise NotApplicable("the record is broken")
    return _RESULTS[record.all_term.qualifier] if record.all_term is not None else "neutral"


def _limits(each: Expectations) -> SpfExpected | None:
    spf = each.spf
    return spf if spf is not None and (spf.max_lookups is not None or spf.rest is not None) else None
