"""The rules of the topic tls_rpt, one a file."""

from mailproof.checks.base import Check
from mailproof.checks.tls_rpt import (
    tlsrpt001_no_reports,
    tlsrpt002_several_records,
    tlsrpt003_wrong_version,
    tlsrpt004_malformed,
    tlsrpt005_bad_destination,
    tlsrpt006_dead_mailbox,
    tlsrpt007_dangling_alias,
)
from mailproof.model import DomainFacts

CHECKS: tuple[Check[DomainFacts], ...] = (
    Check(tlsrpt001_no_reports.RULE, tlsrpt001_no_reports.check, tlsrpt001_no_reports.__doc__ or ""),
    Check(
        tlsrpt002_several_records.RULE,
        tlsrpt002_several_records.check,
        tlsrpt002_several_records.__doc__ or "",
    ),
    Check(tlsrpt003_wrong_version.RULE, tlsrpt003_wrong_version.check, tlsrpt003_wrong_version.__doc__ or ""),
    Check(tlsrpt004_malformed.RULE, tlsrpt004_malformed.check, tlsrpt004_malformed.__doc__ or ""),
    Check(
        tlsrpt005_bad_destination.RULE,
        tlsrpt005_bad_destination.check,
        tlsrpt005_bad_destination.__doc__ or "",
    ),
    Check(tlsrpt006_dead_mailbox.RULE, tlsrpt006_dead_mailbox.check, tlsrpt006_dead_mailbox.__doc__ or ""),
    Check(
        tlsrpt007_dangling_alias.RULE, tlsrpt007_dangling_alias.check, tlsrpt007_dangling_alias.__doc__ or ""
    ),
)
