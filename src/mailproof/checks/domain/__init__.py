"""The rules of the topic domain, one a file."""

from mailproof.checks.base import Check
from mailproof.checks.domain import (
    dom001_missing,
    dom002_no_soa,
    dom003_no_ns,
    dom004_one_ns,
    dom005_alias,
)
from mailproof.model import DomainFacts

CHECKS: tuple[Check[DomainFacts], ...] = (
    Check(dom001_missing.RULE, dom001_missing.check, dom001_missing.__doc__ or ""),
    Check(dom002_no_soa.RULE, dom002_no_soa.check, dom002_no_soa.__doc__ or ""),
    Check(dom003_no_ns.RULE, dom003_no_ns.check, dom003_no_ns.__doc__ or ""),
    Check(dom004_one_ns.RULE, dom004_one_ns.check, dom004_one_ns.__doc__ or ""),
    Check(dom005_alias.RULE, dom005_alias.check, dom005_alias.__doc__ or ""),
)
