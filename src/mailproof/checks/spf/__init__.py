"""The rules of the topic spf, one a file."""

from collections.abc import Iterator
from itertools import islice
from typing import Protocol

from mailproof.checks.base import Check
from mailproof.checks.spf import (
    spf001_no_record,
    spf002_several_records,
    spf003_too_many_lookups,
    spf004_syntax_error,
    spf005_void_lookups,
    spf006_pass_all,
    spf007_neutral_all,
    spf008_no_all,
    spf009_ptr,
    spf010_include_without_record,
    spf011_redirect_without_record,
    spf012_loop,
    spf013_terms_after_all,
    spf014_redirect_beside_all,
    spf015_wide_range,
    spf016_unroutable_range,
    spf017_host_bits,
    spf018_stray_characters,
    spf019_near_miss,
    spf020_record_too_long,
    spf021_answer_too_large,
    spf022_too_many_mx,
    spf023_close_to_limit,
    spf024_unresolved,
    spf025_duplicate_terms,
    spf026_wrong_family,
    spf027_address_as_domain,
    spf028_softfail_all,
    spf029_ignored_terms,
    spf030_broken_include,
    spf031_include_passes_all,
    spf032_matches_nothing,
    spf033_covered_range,
    spf034_include_adds_nothing,
    spf035_shorter_record,
    spf036_wrong_name,
    spf037_obsolete_type,
    spf038_helo_names,
    spf039_explanation,
    spf040_nobody_may_send,
)
from mailproof.model import DomainFacts, Finding, Rule

#: A hostile record can break one rule thousands of times; nobody reads more than this.
MAX_FINDINGS = 50


class _Module(Protocol):
    """What a rule's module holds."""

    RULE: Rule
    __doc__: str | None

    def check(self, facts: DomainFacts) -> Iterator[Finding]:
        """Yield the findings."""
        ...


def _check_of(module: _Module) -> Check[DomainFacts]:
    def run(facts: DomainFacts) -> Iterator[Finding]:
        return islice(module.check(facts), MAX_FINDINGS)

    return Check(module.RULE, run, module.__doc__ or "")


CHECKS: tuple[Check[DomainFacts], ...] = (
    _check_of(spf001_no_record),
    _check_of(spf002_several_records),
    _check_of(spf003_too_many_lookups),
    _check_of(spf004_syntax_error),
    _check_of(spf005_void_lookups),
    _check_of(spf006_pass_all),
    _check_of(spf007_neutral_all),
    _check_of(spf008_no_all),
    _check_of(spf009_ptr),
    _check_of(spf010_include_without_record),
    _check_of(spf011_redirect_without_record),
    _check_of(spf012_loop),
    _check_of(spf013_terms_after_all),
    _check_of(spf014_redirect_beside_all),
    _check_of(spf015_wide_range),
    _check_of(spf016_unroutable_range),
    _check_of(spf017_host_bits),
    _check_of(spf018_stray_characters),
    _check_of(spf019_near_miss),
    _check_of(spf020_record_too_long),
    _check_of(spf021_answer_too_large),
    _check_of(spf022_too_many_mx),
    _check_of(spf023_close_to_limit),
    _check_of(spf024_unresolved),
    _check_of(spf025_duplicate_terms),
    _check_of(spf026_wrong_family),
    _check_of(spf027_address_as_domain),
    _check_of(spf028_softfail_all),
    _check_of(spf029_ignored_terms),
    _check_of(spf030_broken_include),
    _check_of(spf031_include_passes_all),
    _check_of(spf032_matches_nothing),
    _check_of(spf033_covered_range),
    _check_of(spf034_include_adds_nothing),
    _check_of(spf035_shorter_record),
    _check_of(spf036_wrong_name),
    _check_of(spf037_obsolete_type),
    _check_of(spf038_helo_names),
    _check_of(spf039_explanation),
    _check_of(spf040_nobody_may_send),
)
