"""The rules of the topic mta_sts, one a file."""

from mailproof.checks.base import Check
from mailproof.checks.mta_sts import (
    sts001_no_policy,
    sts002_several_records,
    sts003_wrong_version,
    sts004_malformed,
    sts005_dangling_alias,
    sts006_policy_host_missing,
    sts007_not_served,
    sts008_policy_host_certificate,
    sts009_policy_malformed,
    sts010_mx_not_covered,
    sts011_mx_tls,
    sts012_bad_pattern,
    sts013_stale_pattern,
    sts014_short_lifetime,
    sts015_long_lifetime,
    sts016_not_enforced,
    sts017_unannounced,
    sts018_media_type,
    sts019_odd_lines,
    sts020_not_strict,
)
from mailproof.model import DomainFacts

CHECKS: tuple[Check[DomainFacts], ...] = (
    Check(sts001_no_policy.RULE, sts001_no_policy.check, sts001_no_policy.__doc__ or ""),
    Check(sts002_several_records.RULE, sts002_several_records.check, sts002_several_records.__doc__ or ""),
    Check(sts003_wrong_version.RULE, sts003_wrong_version.check, sts003_wrong_version.__doc__ or ""),
    Check(sts004_malformed.RULE, sts004_malformed.check, sts004_malformed.__doc__ or ""),
    Check(sts005_dangling_alias.RULE, sts005_dangling_alias.check, sts005_dangling_alias.__doc__ or ""),
    Check(
        sts006_policy_host_missing.RULE,
        sts006_policy_host_missing.check,
        sts006_policy_host_missing.__doc__ or "",
    ),
    Check(sts007_not_served.RULE, sts007_not_served.check, sts007_not_served.__doc__ or ""),
    Check(
        sts008_policy_host_certificate.RULE,
        sts008_policy_host_certificate.check,
        sts008_policy_host_certificate.__doc__ or "",
    ),
    Check(sts009_policy_malformed.RULE, sts009_policy_malformed.check, sts009_policy_malformed.__doc__ or ""),
    Check(sts010_mx_not_covered.RULE, sts010_mx_not_covered.check, sts010_mx_not_covered.__doc__ or ""),
    Check(sts011_mx_tls.RULE, sts011_mx_tls.check, sts011_mx_tls.__doc__ or ""),
    Check(sts012_bad_pattern.RULE, sts012_bad_pattern.check, sts012_bad_pattern.__doc__ or ""),
    Check(sts013_stale_pattern.RULE, sts013_stale_pattern.check, sts013_stale_pattern.__doc__ or ""),
    Check(sts014_short_lifetime.RULE, sts014_short_lifetime.check, sts014_short_lifetime.__doc__ or ""),
    Check(sts015_long_lifetime.RULE, sts015_long_lifetime.check, sts015_long_lifetime.__doc__ or ""),
    Check(sts016_not_enforced.RULE, sts016_not_enforced.check, sts016_not_enforced.__doc__ or ""),
    Check(sts017_unannounced.RULE, sts017_unannounced.check, sts017_unannounced.__doc__ or ""),
    Check(sts018_media_type.RULE, sts018_media_type.check, sts018_media_type.__doc__ or ""),
    Check(sts019_odd_lines.RULE, sts019_odd_lines.check, sts019_odd_lines.__doc__ or ""),
    Check(sts020_not_strict.RULE, sts020_not_strict.check, sts020_not_strict.__doc__ or ""),
)
