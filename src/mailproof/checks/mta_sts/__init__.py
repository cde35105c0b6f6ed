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
    sts021_wrong_name,
)
from mailproof.model import DomainFacts

_MODULES = (
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
    sts021_wrong_name,
)

CHECKS: tuple[Check[DomainFacts], ...] = tuple(
    Check(module.RULE, module.check, module.__doc__ or "") for module in _MODULES
)
