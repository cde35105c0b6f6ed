"""The rules of the topic message, one a file.

The order matters: findings are shown by severity and then in this order, and the true cause has to come
first. So what breaks a message stands before what follows from it (DMARC fails).
"""

from mailproof.checks.base import Check
from mailproof.checks.message import (
    auth001_spf_permerror,
    auth002_dkim_key_missing,
    auth003_dkim_key_unusable,
    auth004_dkim_signature_malformed,
    auth005_dkim_sha1,
    auth006_dkim_expired,
    auth007_dkim_body_changed,
    auth008_dkim_signature_mismatch,
    auth009_forwarding_broke,
    auth010_spf_fail,
    auth011_spf_no_pass,
    auth012_unsigned,
    auth013_not_aligned,
    auth014_dmarc_fail,
    auth015_no_policy,
    auth016_policy_lets_through,
    auth017_spf_not_aligned,
    auth018_dkim_not_aligned,
    auth019_headers_unsigned,
    auth020_body_length,
    auth021_signature_remarks,
    auth022_arc_broken,
    auth023_disagreement,
    auth024_forged_results,
    auth025_no_results,
    msg001_from_header,
    msg002_duplicate_headers,
    msg003_missing_headers,
    msg004_bare_line_ends,
    msg005_overlong_lines,
    msg006_unsubscribe_unsigned,
    msg007_unsubscribe_malformed,
    msg008_no_tls,
    msg009_slow_or_skewed_hop,
    msg010_unreadable,
)
from mailproof.model import MessageFacts

_MODULES = (
    msg001_from_header,
    auth001_spf_permerror,
    auth002_dkim_key_missing,
    auth003_dkim_key_unusable,
    auth004_dkim_signature_malformed,
    auth005_dkim_sha1,
    auth006_dkim_expired,
    auth007_dkim_body_changed,
    auth008_dkim_signature_mismatch,
    auth009_forwarding_broke,
    auth010_spf_fail,
    auth011_spf_no_pass,
    auth012_unsigned,
    auth013_not_aligned,
    auth014_dmarc_fail,
    auth015_no_policy,
    auth016_policy_lets_through,
    auth017_spf_not_aligned,
    auth018_dkim_not_aligned,
    auth019_headers_unsigned,
    auth020_body_length,
    auth021_signature_remarks,
    auth022_arc_broken,
    auth023_disagreement,
    auth024_forged_results,
    auth025_no_results,
    msg002_duplicate_headers,
    msg003_missing_headers,
    msg004_bare_line_ends,
    msg005_overlong_lines,
    msg006_unsubscribe_unsigned,
    msg007_unsubscribe_malformed,
    msg008_no_tls,
    msg009_slow_or_skewed_hop,
    msg010_unreadable,
)

CHECKS: tuple[Check[MessageFacts], ...] = tuple(
    Check(module.RULE, module.check, module.__doc__ or "") for module in _MODULES
)
