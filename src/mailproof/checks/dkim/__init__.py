"""The rules of the topic dkim, one a file."""

from mailproof.checks.base import Check
from mailproof.checks.dkim import (
    dkim001_key_missing,
    dkim002_no_selector_known,
    dkim003_no_keys_at_all,
    dkim004_revoked,
    dkim005_key_too_short,
    dkim006_key_of_1024_bits,
    dkim007_key_malformed,
    dkim008_key_type_unknown,
    dkim009_testing,
    dkim010_several_keys,
    dkim011_dangling_alias,
    dkim012_no_sha256,
    dkim013_not_for_email,
    dkim014_pasted_escapes,
    dkim015_wrong_version,
    dkim016_stray_txt,
    dkim017_wildcard,
    dkim018_strict_identity,
    dkim019_obsolete_granularity,
    dkim020_lookup_failed,
    dkim021_shared_key,
    dkim022_key_too_long,
    dkim023_syntax,
    dkim024_provider_does_not_sign,
    dkim025_wrong_name,
    dkim027_in_parts,
    dkim028_alias_as_txt,
)
from mailproof.model import DomainFacts

_MODULES = (
    dkim001_key_missing,
    dkim002_no_selector_known,
    dkim003_no_keys_at_all,
    dkim004_revoked,
    dkim005_key_too_short,
    dkim006_key_of_1024_bits,
    dkim007_key_malformed,
    dkim008_key_type_unknown,
    dkim009_testing,
    dkim010_several_keys,
    dkim011_dangling_alias,
    dkim012_no_sha256,
    dkim013_not_for_email,
    dkim014_pasted_escapes,
    dkim015_wrong_version,
    dkim016_stray_txt,
    dkim017_wildcard,
    dkim018_strict_identity,
    dkim019_obsolete_granularity,
    dkim020_lookup_failed,
    dkim021_shared_key,
    dkim022_key_too_long,
    dkim023_syntax,
    dkim024_provider_does_not_sign,
    dkim025_wrong_name,
    dkim027_in_parts,
    dkim028_alias_as_txt,
)

CHECKS: tuple[Check[DomainFacts], ...] = tuple(
    Check(module.RULE, module.check, module.__doc__ or "") for module in _MODULES
)
