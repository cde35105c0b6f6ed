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
)
from mailproof.model import DomainFacts

CHECKS: tuple[Check[DomainFacts], ...] = (
    Check(mx001_no_mail_host.RULE, mx001_no_mail_host.check, mx001_no_mail_host.__doc__ or ""),
    Check(mx002_implicit_mx.RULE, mx002_implicit_mx.check, mx002_implicit_mx.__doc__ or ""),
    Check(mx003_null_mx_sender.RULE, mx003_null_mx_sender.check, mx003_null_mx_sender.__doc__ or ""),
    Check(
        mx004_null_mx_beside_others.RULE,
        mx004_null_mx_beside_others.check,
        mx004_null_mx_beside_others.__doc__ or "",
    ),
    Check(
        mx005_host_without_address.RULE,
        mx005_host_without_address.check,
        mx005_host_without_address.__doc__ or "",
    ),
    Check(mx006_alias.RULE, mx006_alias.check, mx006_alias.__doc__ or ""),
    Check(mx007_address_literal.RULE, mx007_address_literal.check, mx007_address_literal.__doc__ or ""),
    Check(mx008_unroutable.RULE, mx008_unroutable.check, mx008_unroutable.__doc__ or ""),
    Check(mx009_ptr_missing.RULE, mx009_ptr_missing.check, mx009_ptr_missing.__doc__ or ""),
    Check(mx010_ptr_unconfirmed.RULE, mx010_ptr_unconfirmed.check, mx010_ptr_unconfirmed.__doc__ or ""),
    Check(mx011_duplicate.RULE, mx011_duplicate.check, mx011_duplicate.__doc__ or ""),
    Check(
        mx012_single_host_family.RULE, mx012_single_host_family.check, mx012_single_host_family.__doc__ or ""
    ),
    Check(mx013_no_ipv6.RULE, mx013_no_ipv6.check, mx013_no_ipv6.__doc__ or ""),
    Check(
        mx014_sender_without_ptr.RULE, mx014_sender_without_ptr.check, mx014_sender_without_ptr.__doc__ or ""
    ),
    Check(
        mx015_sender_ptr_unconfirmed.RULE,
        mx015_sender_ptr_unconfirmed.check,
        mx015_sender_ptr_unconfirmed.__doc__ or "",
    ),
    Check(
        mx016_sender_not_allowed.RULE, mx016_sender_not_allowed.check, mx016_sender_not_allowed.__doc__ or ""
    ),
    Check(mx017_generic_ptr.RULE, mx017_generic_ptr.check, mx017_generic_ptr.__doc__ or ""),
    Check(mx018_doubled_name.RULE, mx018_doubled_name.check, mx018_doubled_name.__doc__ or ""),
    Check(mx019_bad_host_name.RULE, mx019_bad_host_name.check, mx019_bad_host_name.__doc__ or ""),
)
