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
    tlsrpt008_wrong_name,
)
from mailproof.model import DomainFacts

_MODULES = (
    tlsrpt001_no_reports,
    tlsrpt002_several_records,
    tlsrpt003_wrong_version,
    tlsrpt004_malformed,
    tlsrpt005_bad_destination,
    tlsrpt006_dead_mailbox,
    tlsrpt007_dangling_alias,
    tlsrpt008_wrong_name,
)

CHECKS: tuple[Check[DomainFacts], ...] = tuple(
    Check(module.RULE, module.check, module.__doc__ or "") for module in _MODULES
)
