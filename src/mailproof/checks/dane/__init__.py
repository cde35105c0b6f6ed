"""The rules of the topic dane, one a file."""

from mailproof.checks.base import Check
from mailproof.checks.dane import (
    dane001_insecure,
    dane002_lookup_fails,
    dane003_pkix_usage,
    dane004_undefined,
    dane005_bad_data,
    dane006_mismatch,
    dane007_leftover,
    dane008_no_tls,
    dane009_alias,
    dane010_some_hosts,
    dane011_mx_unsigned,
    dane012_whole_certificate,
)
from mailproof.model import DomainFacts

CHECKS: tuple[Check[DomainFacts], ...] = (
    Check(dane001_insecure.RULE, dane001_insecure.check, dane001_insecure.__doc__ or ""),
    Check(dane002_lookup_fails.RULE, dane002_lookup_fails.check, dane002_lookup_fails.__doc__ or ""),
    Check(dane003_pkix_usage.RULE, dane003_pkix_usage.check, dane003_pkix_usage.__doc__ or ""),
    Check(dane004_undefined.RULE, dane004_undefined.check, dane004_undefined.__doc__ or ""),
    Check(dane005_bad_data.RULE, dane005_bad_data.check, dane005_bad_data.__doc__ or ""),
    Check(dane006_mismatch.RULE, dane006_mismatch.check, dane006_mismatch.__doc__ or ""),
    Check(dane007_leftover.RULE, dane007_leftover.check, dane007_leftover.__doc__ or ""),
    Check(dane008_no_tls.RULE, dane008_no_tls.check, dane008_no_tls.__doc__ or ""),
    Check(dane009_alias.RULE, dane009_alias.check, dane009_alias.__doc__ or ""),
    Check(dane010_some_hosts.RULE, dane010_some_hosts.check, dane010_some_hosts.__doc__ or ""),
    Check(dane011_mx_unsigned.RULE, dane011_mx_unsigned.check, dane011_mx_unsigned.__doc__ or ""),
    Check(
        dane012_whole_certificate.RULE,
        dane012_whole_certificate.check,
        dane012_whole_certificate.__doc__ or "",
    ),
)
