"""The rules on blocklists, one a file."""

from mailproof.checks.base import Check
from mailproof.checks.blocklist import (
    rbl001_sending_host_listed,
    rbl002_mail_host_listed,
    rbl003_domain_listed,
    rbl004_may_not_ask,
    rbl005_list_unusable,
    rbl006_not_meant_to_send,
)
from mailproof.model import DomainFacts

CHECKS: tuple[Check[DomainFacts], ...] = (
    Check(
        rbl001_sending_host_listed.RULE,
        rbl001_sending_host_listed.check,
        rbl001_sending_host_listed.__doc__ or "",
    ),
    Check(rbl002_mail_host_listed.RULE, rbl002_mail_host_listed.check, rbl002_mail_host_listed.__doc__ or ""),
    Check(rbl003_domain_listed.RULE, rbl003_domain_listed.check, rbl003_domain_listed.__doc__ or ""),
    Check(rbl004_may_not_ask.RULE, rbl004_may_not_ask.check, rbl004_may_not_ask.__doc__ or ""),
    Check(rbl005_list_unusable.RULE, rbl005_list_unusable.check, rbl005_list_unusable.__doc__ or ""),
    Check(
        rbl006_not_meant_to_send.RULE, rbl006_not_meant_to_send.check, rbl006_not_meant_to_send.__doc__ or ""
    ),
)
