"""The rules of the topic bimi, one a file."""

from mailproof.checks.base import Check
from mailproof.checks.bimi import (
    bimi001_several_records,
    bimi002_wrong_version,
    bimi003_malformed,
    bimi004_unusable_location,
    bimi005_dmarc_not_enforced,
    bimi006_logo_not_served,
    bimi007_logo_profile,
    bimi008_logo_weaknesses,
    bimi009_no_certificate,
    bimi010_certificate_not_served,
    bimi011_certificate_usage,
    bimi012_certificate_expired,
    bimi013_certificate_name,
    bimi014_logo_differs,
    bimi015_declined,
    bimi016_dangling_alias,
    bimi017_ignored_tags,
    bimi018_incomplete_chain,
    bimi019_wrong_name,
)
from mailproof.model import DomainFacts

_MODULES = (
    bimi001_several_records,
    bimi002_wrong_version,
    bimi003_malformed,
    bimi004_unusable_location,
    bimi005_dmarc_not_enforced,
    bimi006_logo_not_served,
    bimi007_logo_profile,
    bimi008_logo_weaknesses,
    bimi009_no_certificate,
    bimi010_certificate_not_served,
    bimi011_certificate_usage,
    bimi012_certificate_expired,
    bimi013_certificate_name,
    bimi014_logo_differs,
    bimi015_declined,
    bimi016_dangling_alias,
    bimi017_ignored_tags,
    bimi018_incomplete_chain,
    bimi019_wrong_name,
)

CHECKS: tuple[Check[DomainFacts], ...] = tuple(
    Check(module.RULE, module.check, module.__doc__ or "") for module in _MODULES
)
