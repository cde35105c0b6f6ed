"""The rules of the topic transport, one a file."""

from mailproof.checks.base import Check
from mailproof.checks.transport import (
    tls001_refused,
    tls002_silent,
    tls003_greeting,
    tls004_greeting_name,
    tls005_greeting_not_ptr,
    tls006_no_starttls,
    tls007_starttls_broken,
    tls008_old_versions,
    tls009_only_old_versions,
    tls010_no_tls13,
    tls011_wrong_name,
    tls012_expired,
    tls013_expires_soon,
    tls014_untrusted,
    tls015_weak_key,
    tls016_weak_signature,
    tls017_open_relay,
    tls018_not_strict,
)
from mailproof.model import DomainFacts

CHECKS: tuple[Check[DomainFacts], ...] = (
    Check(tls001_refused.RULE, tls001_refused.check, tls001_refused.__doc__ or ""),
    Check(tls002_silent.RULE, tls002_silent.check, tls002_silent.__doc__ or ""),
    Check(tls003_greeting.RULE, tls003_greeting.check, tls003_greeting.__doc__ or ""),
    Check(tls004_greeting_name.RULE, tls004_greeting_name.check, tls004_greeting_name.__doc__ or ""),
    Check(tls005_greeting_not_ptr.RULE, tls005_greeting_not_ptr.check, tls005_greeting_not_ptr.__doc__ or ""),
    Check(tls006_no_starttls.RULE, tls006_no_starttls.check, tls006_no_starttls.__doc__ or ""),
    Check(tls007_starttls_broken.RULE, tls007_starttls_broken.check, tls007_starttls_broken.__doc__ or ""),
    Check(tls008_old_versions.RULE, tls008_old_versions.check, tls008_old_versions.__doc__ or ""),
    Check(
        tls009_only_old_versions.RULE, tls009_only_old_versions.check, tls009_only_old_versions.__doc__ or ""
    ),
    Check(tls010_no_tls13.RULE, tls010_no_tls13.check, tls010_no_tls13.__doc__ or ""),
    Check(tls011_wrong_name.RULE, tls011_wrong_name.check, tls011_wrong_name.__doc__ or ""),
    Check(tls012_expired.RULE, tls012_expired.check, tls012_expired.__doc__ or ""),
    Check(tls013_expires_soon.RULE, tls013_expires_soon.check, tls013_expires_soon.__doc__ or ""),
    Check(tls014_untrusted.RULE, tls014_untrusted.check, tls014_untrusted.__doc__ or ""),
    Check(tls015_weak_key.RULE, tls015_weak_key.check, tls015_weak_key.__doc__ or ""),
    Check(tls016_weak_signature.RULE, tls016_weak_signature.check, tls016_weak_signature.__doc__ or ""),
    Check(tls017_open_relay.RULE, tls017_open_relay.check, tls017_open_relay.__doc__ or ""),
    Check(tls018_not_strict.RULE, tls018_not_strict.check, tls018_not_strict.__doc__ or ""),
)
