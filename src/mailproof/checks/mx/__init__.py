"""The rules of the topic mx, one a file."""

from mailproof.checks.base import Check
from mailproof.checks.mx import (
    mx001_no_mail_host,
    mx002_implicit_mx,
    mx003_null_mx_sender,
    mx004_null_mx_beside_others,
    mx005_host_without_address,
    mx006_alias,
    mx007_address_literal,
    mx008_unroutable,
    mx009_ptr_missing,
    mx010_ptr_unconfirmed,
    mx011_duplicate,
    mx012_single_host_family,
    mx013_no_ipv6,
    mx014_sender_without_ptr,
    mx015_sender_ptr_unconfirmed,
    mx016_sender_not_allowed,
    mx017_generic_ptr,
    mx018_doubled_name,
    mx019_bad_host_name,
    mx020_null_mx_preference,
    mx021_beyond_the_wildcard,
)
from mailproof.model import DomainFacts

_MODULES = (
    mx001_no_mail_host,
    mx002_implicit_mx,
    mx003_null_mx_sender,
    mx004_null_mx_beside_others,
    mx005_host_without_address,
    mx006_alias,
    mx007_address_literal,
    mx008_unroutable,
    mx009_ptr_missing,
    mx010_ptr_unconfirmed,
    mx011_duplicate,
    mx012_single_host_family,
    mx013_no_ipv6,
    mx014_sender_without_ptr,
    mx015_sender_ptr_unconfirmed,
    mx016_sender_not_allowed,
    mx017_generic_ptr,
    mx018_doubled_name,
    mx019_bad_host_name,
    mx020_null_mx_preference,
    mx021_beyond_the_wildcard,
)

CHECKS: tuple[Check[DomainFacts], ...] = tuple(
    Check(module.RULE, module.check, module.__doc__ or "") for module in _MODULES
)
