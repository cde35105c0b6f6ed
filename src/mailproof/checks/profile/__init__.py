"""The rules of domains that send no mail, one a file."""

from mailproof.checks.base import Check
from mailproof.checks.profile import (
    park001_no_null_mx,
    park002_spf_not_closed,
    park003_policy_not_reject,
    park004_no_revoked_wildcard,
)
from mailproof.model import DomainFacts

CHECKS: tuple[Check[DomainFacts], ...] = tuple(
    Check(module.RULE, module.check, module.__doc__ or "")
    for module in (
        park001_no_null_mx,
        park002_spf_not_closed,
        park003_policy_not_reject,
        park004_no_revoked_wildcard,
    )
)
