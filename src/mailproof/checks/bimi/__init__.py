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
)
from mailproof.model import DomainFacts

CHECKS: tuple[Check[DomainFacts], ...] = (
    Check(bimi001_several_records.RULE, bimi001_several_records.check, bimi001_several_records.__doc__ or ""),
    Check(bimi002_wrong_version.RULE, bimi002_wrong_version.check, bimi002_wrong_version.__doc__ or ""),
    Check(bimi003_malformed.RULE, bimi003_malformed.check, bimi003_malformed.__doc__ or ""),
    Check(
        bimi004_unusable_location.RULE,
        bimi004_unusable_location.check,
        bimi004_unusable_location.__doc__ or "",
    ),
    Check(
        bimi005_dmarc_not_enforced.RULE,
        bimi005_dmarc_not_enforced.check,
        bimi005_dmarc_not_enforced.__doc__ or "",
    ),
    Check(bimi006_logo_not_served.RULE, bimi006_logo_not_served.check, bimi006_logo_not_served.__doc__ or ""),
    Check(bimi007_logo_profile.RULE, bimi007_logo_profile.check, bimi007_logo_profile.__doc__ or ""),
    Check(bimi008_logo_weaknesses.RULE, bimi008_logo_weaknesses.check, bimi008_logo_weaknesses.__doc__ or ""),
    Check(bimi009_no_certificate.RULE, bimi009_no_certificate.check, bimi009_no_certificate.__doc__ or ""),
    Check(
        bimi010_certificate_not_served.RULE,
        bimi010_certificate_not_served.check,
        bimi010_certificate_not_served.__doc__ or "",
    ),
    Check(
        bimi011_certificate_usage.RULE,
        bimi011_certificate_usage.check,
        bimi011_certificate_usage.__doc__ or "",
    ),
    Check(
        bimi012_certificate_expired.RULE,
        bimi012_certificate_expired.check,
        bimi012_certificate_expired.__doc__ or "",
    ),
    Check(
        bimi013_certificate_name.RULE, bimi013_certificate_name.check, bimi013_certificate_name.__doc__ or ""
    ),
    Check(bimi014_logo_differs.RULE, bimi014_logo_differs.check, bimi014_logo_differs.__doc__ or ""),
    Check(bimi015_declined.RULE, bimi015_declined.check, bimi015_declined.__doc__ or ""),
    Check(bimi016_dangling_alias.RULE, bimi016_dangling_alias.check, bimi016_dangling_alias.__doc__ or ""),
    Check(bimi017_ignored_tags.RULE, bimi017_ignored_tags.check, bimi017_ignored_tags.__doc__ or ""),
    Check(
        bimi018_incomplete_chain.RULE, bimi018_incomplete_chain.check, bimi018_incomplete_chain.__doc__ or ""
    ),
)
