"""The rules of the topic dmarc, one a file."""

from mailproof.checks.base import Check
from mailproof.checks.dmarc import (
    dmarc001_no_record,
    dmarc002_several_records,
    dmarc003_wrong_version,
    dmarc004_pasted_escapes,
    dmarc005_missing_semicolon,
    dmarc006_missing_policy,
    dmarc007_invalid_policy,
    dmarc008_invalid_subdomain_policy,
    dmarc009_malformed_parts,
    dmarc010_duplicate_tags,
    dmarc011_monitoring_only,
    dmarc012_quarantine_stage,
    dmarc013_test_mode,
    dmarc014_weaker_subdomains,
    dmarc015_weaker_nonexistent,
    dmarc016_subdomain_record_sp,
    dmarc017_no_reports,
    dmarc018_invalid_report_uri,
    dmarc019_unauthorized_destination,
    dmarc020_removed_tags,
    dmarc021_stray_txt,
    dmarc022_wrong_name,
    dmarc023_dangling_cname,
    dmarc024_fo_without_ruf,
    dmarc025_invalid_fo,
    dmarc026_unknown_tags,
    dmarc027_inherited,
    dmarc028_public_suffix_policy,
    dmarc029_older_receivers,
    dmarc030_record_between,
    dmarc031_strict_alignment,
    dmarc032_report_size,
    dmarc033_invalid_option,
    dmarc034_suffix_failure_reports,
    dmarc035_dead_mailbox,
)
from mailproof.model import DomainFacts

CHECKS: tuple[Check[DomainFacts], ...] = (
    Check(dmarc001_no_record.RULE, dmarc001_no_record.check, dmarc001_no_record.__doc__ or ""),
    Check(
        dmarc002_several_records.RULE, dmarc002_several_records.check, dmarc002_several_records.__doc__ or ""
    ),
    Check(dmarc003_wrong_version.RULE, dmarc003_wrong_version.check, dmarc003_wrong_version.__doc__ or ""),
    Check(dmarc004_pasted_escapes.RULE, dmarc004_pasted_escapes.check, dmarc004_pasted_escapes.__doc__ or ""),
    Check(
        dmarc005_missing_semicolon.RULE,
        dmarc005_missing_semicolon.check,
        dmarc005_missing_semicolon.__doc__ or "",
    ),
    Check(dmarc006_missing_policy.RULE, dmarc006_missing_policy.check, dmarc006_missing_policy.__doc__ or ""),
    Check(dmarc007_invalid_policy.RULE, dmarc007_invalid_policy.check, dmarc007_invalid_policy.__doc__ or ""),
    Check(
        dmarc008_invalid_subdomain_policy.RULE,
        dmarc008_invalid_subdomain_policy.check,
        dmarc008_invalid_subdomain_policy.__doc__ or "",
    ),
    Check(
        dmarc009_malformed_parts.RULE, dmarc009_malformed_parts.check, dmarc009_malformed_parts.__doc__ or ""
    ),
    Check(dmarc010_duplicate_tags.RULE, dmarc010_duplicate_tags.check, dmarc010_duplicate_tags.__doc__ or ""),
    Check(
        dmarc011_monitoring_only.RULE, dmarc011_monitoring_only.check, dmarc011_monitoring_only.__doc__ or ""
    ),
    Check(
        dmarc012_quarantine_stage.RULE,
        dmarc012_quarantine_stage.check,
        dmarc012_quarantine_stage.__doc__ or "",
    ),
    Check(dmarc013_test_mode.RULE, dmarc013_test_mode.check, dmarc013_test_mode.__doc__ or ""),
    Check(
        dmarc014_weaker_subdomains.RULE,
        dmarc014_weaker_subdomains.check,
        dmarc014_weaker_subdomains.__doc__ or "",
    ),
    Check(
        dmarc015_weaker_nonexistent.RULE,
        dmarc015_weaker_nonexistent.check,
        dmarc015_weaker_nonexistent.__doc__ or "",
    ),
    Check(
        dmarc016_subdomain_record_sp.RULE,
        dmarc016_subdomain_record_sp.check,
        dmarc016_subdomain_record_sp.__doc__ or "",
    ),
    Check(dmarc017_no_reports.RULE, dmarc017_no_reports.check, dmarc017_no_reports.__doc__ or ""),
    Check(
        dmarc018_invalid_report_uri.RULE,
        dmarc018_invalid_report_uri.check,
        dmarc018_invalid_report_uri.__doc__ or "",
    ),
    Check(
        dmarc019_unauthorized_destination.RULE,
        dmarc019_unauthorized_destination.check,
        dmarc019_unauthorized_destination.__doc__ or "",
    ),
    Check(dmarc020_removed_tags.RULE, dmarc020_removed_tags.check, dmarc020_removed_tags.__doc__ or ""),
    Check(dmarc021_stray_txt.RULE, dmarc021_stray_txt.check, dmarc021_stray_txt.__doc__ or ""),
    Check(dmarc022_wrong_name.RULE, dmarc022_wrong_name.check, dmarc022_wrong_name.__doc__ or ""),
    Check(dmarc023_dangling_cname.RULE, dmarc023_dangling_cname.check, dmarc023_dangling_cname.__doc__ or ""),
    Check(dmarc024_fo_without_ruf.RULE, dmarc024_fo_without_ruf.check, dmarc024_fo_without_ruf.__doc__ or ""),
    Check(dmarc025_invalid_fo.RULE, dmarc025_invalid_fo.check, dmarc025_invalid_fo.__doc__ or ""),
    Check(dmarc026_unknown_tags.RULE, dmarc026_unknown_tags.check, dmarc026_unknown_tags.__doc__ or ""),
    Check(dmarc027_inherited.RULE, dmarc027_inherited.check, dmarc027_inherited.__doc__ or ""),
    Check(
        dmarc028_public_suffix_policy.RULE,
        dmarc028_public_suffix_policy.check,
        dmarc028_public_suffix_policy.__doc__ or "",
    ),
    Check(
        dmarc029_older_receivers.RULE, dmarc029_older_receivers.check, dmarc029_older_receivers.__doc__ or ""
    ),
    Check(dmarc030_record_between.RULE, dmarc030_record_between.check, dmarc030_record_between.__doc__ or ""),
    Check(
        dmarc031_strict_alignment.RULE,
        dmarc031_strict_alignment.check,
        dmarc031_strict_alignment.__doc__ or "",
    ),
    Check(dmarc032_report_size.RULE, dmarc032_report_size.check, dmarc032_report_size.__doc__ or ""),
    Check(dmarc033_invalid_option.RULE, dmarc033_invalid_option.check, dmarc033_invalid_option.__doc__ or ""),
    Check(
        dmarc034_suffix_failure_reports.RULE,
        dmarc034_suffix_failure_reports.check,
        dmarc034_suffix_failure_reports.__doc__ or "",
    ),
    Check(dmarc035_dead_mailbox.RULE, dmarc035_dead_mailbox.check, dmarc035_dead_mailbox.__doc__ or ""),
)
