"""All rules, by topic: an explicit list, so that rule modules are imported only on demand.

A new rule needs its module and its name here. Topics and rules are in the order of reports.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from mailproof.checks.base import Check, Profiles
from mailproof.structs import replace

if TYPE_CHECKING:
    from collections.abc import Collection


#: The facts that a topic's rules read.
Kind = Literal["domain", "message", "delivery", "inbound"]


class Topic:
    """A topic: the package ``mailproof.checks.NAME``, with a module for each word in ``rules``.

    ``needs`` are the fields of the facts that its rules read, and ``profiles`` the domains that they apply
    to; a rule may declare additional fields and different profiles. The facts of messages and deliveries
    are always collected in full.
    """

    def __init__(
        self, name: str, kind: Kind, rules: str, *, needs: str = "", profiles: Profiles = "all"
    ) -> None:
        self.name, self.kind, self.profiles = name, kind, profiles
        self.rules, self.needs = tuple(rules.split()), frozenset(needs.split())
        self.ids = tuple(map(_id, self.rules))


def _id(module: str) -> str:
    return module.partition("_")[0].upper()


TOPICS: tuple[Topic, ...] = (
    Topic(
        "domain",
        "domain",
        "dom001_missing dom002_no_soa dom003_no_ns dom004_one_ns dom005_alias",
        needs="soa ns",
    ),
    Topic(
        "spf",
        "domain",
        """
        spf001_no_record spf002_several_records spf003_too_many_lookups spf004_syntax_error
        spf005_void_lookups spf006_pass_all spf007_neutral_all spf008_no_all spf009_ptr
        spf010_include_without_record spf011_redirect_without_record spf012_loop spf013_terms_after_all
        spf014_redirect_beside_all spf015_wide_range spf016_unroutable_range spf017_host_bits
        spf018_stray_characters spf019_near_miss spf020_record_too_long spf021_answer_too_large
        spf022_too_many_mx spf023_close_to_limit spf024_unresolved spf025_duplicate_terms
        spf026_wrong_family spf027_address_as_domain spf028_softfail_all spf029_ignored_terms
        spf030_broken_include spf031_include_passes_all spf032_matches_nothing spf033_covered_range
        spf034_include_adds_nothing spf035_shorter_record spf036_wrong_name spf037_obsolete_type
        spf038_helo_names spf039_explanation spf040_nobody_may_send
        """,
        needs="spf",
    ),
    Topic(
        "dkim",
        "domain",
        """
        dkim001_key_missing dkim002_no_selector_known dkim003_no_keys_at_all dkim004_revoked
        dkim005_key_too_short dkim006_key_of_1024_bits dkim007_key_malformed dkim008_key_type_unknown
        dkim009_testing dkim010_several_keys dkim011_dangling_alias dkim012_no_sha256
        dkim013_not_for_email dkim014_pasted_escapes dkim015_wrong_version dkim016_stray_txt
        dkim017_wildcard dkim018_strict_identity dkim019_obsolete_granularity dkim020_lookup_failed
        dkim021_shared_key dkim022_key_too_long dkim023_syntax dkim024_provider_does_not_sign
        dkim025_wrong_name dkim027_in_parts dkim028_alias_as_txt
        """,
        needs="dkim dkim_discovery",
        profiles="sending",
    ),
    Topic(
        "dmarc",
        "domain",
        """
        dmarc001_no_record dmarc002_several_records dmarc003_wrong_version dmarc004_pasted_escapes
        dmarc005_missing_semicolon dmarc006_missing_policy dmarc007_invalid_policy
        dmarc008_invalid_subdomain_policy dmarc009_malformed_parts dmarc010_duplicate_tags
        dmarc011_monitoring_only dmarc012_quarantine_stage dmarc013_test_mode dmarc014_weaker_subdomains
        dmarc015_weaker_nonexistent dmarc016_subdomain_record_sp dmarc017_no_reports
        dmarc018_invalid_report_uri dmarc019_unauthorized_destination dmarc020_removed_tags
        dmarc021_stray_txt dmarc022_wrong_name dmarc023_dangling_cname dmarc024_fo_without_ruf
        dmarc025_invalid_fo dmarc026_unknown_tags dmarc027_inherited dmarc028_public_suffix_policy
        dmarc029_older_receivers dmarc030_record_between dmarc031_strict_alignment dmarc032_report_size
        dmarc033_invalid_option dmarc034_suffix_failure_reports dmarc035_dead_mailbox
        dmarc036_nobody_can_pass
        """,
        needs="dmarc",
    ),
    Topic(
        "mx",
        "domain",
        """
        mx001_no_mail_host mx002_implicit_mx mx003_null_mx_sender mx004_null_mx_beside_others
        mx005_host_without_address mx006_alias mx007_address_literal mx008_unroutable mx009_ptr_missing
        mx010_ptr_unconfirmed mx011_duplicate mx012_single_host_family mx013_no_ipv6
        mx014_sender_without_ptr mx015_sender_ptr_unconfirmed mx016_sender_not_allowed mx017_generic_ptr
        mx018_doubled_name mx019_bad_host_name mx020_null_mx_preference mx021_beyond_the_wildcard
        """,
        needs="mx mx_lookup",
        profiles="receiving",
    ),
    Topic(
        "transport",
        "domain",
        """
        tls001_refused tls002_silent tls003_greeting tls004_greeting_name tls005_greeting_not_ptr
        tls006_no_starttls tls007_starttls_broken tls008_old_versions tls009_only_old_versions
        tls010_no_tls13 tls011_wrong_name tls012_expired tls013_expires_soon tls014_untrusted
        tls015_weak_key tls016_weak_signature tls017_open_relay tls018_not_strict
        """,
        needs="transport mx mx_lookup",
        profiles="receiving",
    ),
    Topic(
        "dane",
        "domain",
        """
        dane001_insecure dane002_lookup_fails dane003_pkix_usage dane004_undefined dane005_bad_data
        dane006_mismatch dane007_leftover dane008_no_tls dane009_alias dane010_some_hosts
        dane011_mx_unsigned dane012_whole_certificate dane013_wrong_name
        """,
        needs="dane mx_lookup",
        profiles="receiving",
    ),
    Topic(
        "mta_sts",
        "domain",
        """
        sts001_no_policy sts002_several_records sts003_wrong_version sts004_malformed
        sts005_dangling_alias sts006_policy_host_missing sts007_not_served sts008_policy_host_certificate
        sts009_policy_malformed sts010_mx_not_covered sts011_mx_tls sts012_bad_pattern
        sts013_stale_pattern sts014_short_lifetime sts015_long_lifetime sts016_not_enforced
        sts017_unannounced sts018_media_type sts019_odd_lines sts020_not_strict sts021_wrong_name
        """,
        needs="mta_sts",
        profiles="receiving",
    ),
    Topic(
        "tls_rpt",
        "domain",
        """
        tlsrpt001_no_reports tlsrpt002_several_records tlsrpt003_wrong_version tlsrpt004_malformed
        tlsrpt005_bad_destination tlsrpt006_dead_mailbox tlsrpt007_dangling_alias tlsrpt008_wrong_name
        """,
        needs="tls_rpt",
        profiles="receiving",
    ),
    Topic(
        "bimi",
        "domain",
        """
        bimi001_several_records bimi002_wrong_version bimi003_malformed bimi004_unusable_location
        bimi005_dmarc_not_enforced bimi006_logo_not_served bimi007_logo_profile bimi008_logo_weaknesses
        bimi009_no_certificate bimi010_certificate_not_served bimi011_certificate_usage
        bimi012_certificate_expired bimi013_certificate_name bimi014_logo_differs bimi015_declined
        bimi016_dangling_alias bimi017_ignored_tags bimi018_incomplete_chain bimi019_wrong_name
        """,
        needs="bimi",
        profiles="sending",
    ),
    Topic(
        "dns",
        "domain",
        """
        dns001_bogus_zone dns002_bogus_mx_zone dns003_ds_without_key dns004_signed_in_vain
        dns005_weak_dnssec dns006_unsigned dns007_unsigned_mx_zone dns008_servers_differ
        dns009_serials_differ dns010_lame_server dns011_silent_server dns012_one_network
        dns013_bad_server_name dns014_ns_sets_differ dns015_long_ttl dns016_short_ttl
        dns017_long_negative_ttl dns018_wildcard_spf dns019_wildcard_mx dns020_wildcard_dmarc
        dns021_wildcard_alias dns022_alias_beside dns023_takeover dns024_dangling_alias dns025_caa
        dns026_partly_unsigned dns027_delegation_differs
        """,
        needs="",
    ),
    Topic(
        "blocklist",
        "domain",
        """
        rbl001_sending_host_listed rbl002_mail_host_listed rbl003_domain_listed rbl004_may_not_ask
        rbl005_list_unusable rbl006_not_meant_to_send
        """,
        needs="blocklists",
    ),
    Topic(
        "profile",
        "domain",
        "park001_no_null_mx park002_spf_not_closed park003_policy_not_reject park004_no_revoked_wildcard",
        needs="mx_lookup spf",
    ),
    Topic(
        "receivers",
        "domain",
        "rcv001_gmail rcv002_yahoo rcv003_microsoft rcv004_apple",
        needs="receivers",
        profiles="sending",
    ),
    # Compared with mailproof.toml: runs only if that has expectations of the domain.
    Topic(
        "expected",
        "domain",
        """
        exp001_spf_senders exp002_spf_limits exp003_dkim_key exp004_dmarc_policy exp005_mx_hosts
        exp006_mta_sts exp007_tlsa
        """,
        needs="expected",
    ),
    # Findings are ordered by severity and then as listed here: causes before their consequences (a DMARC
    # failure).
    Topic(
        "message",
        "message",
        """
        msg030_bounce msg001_from_header msg026_return_path_missing msg029_null_mx auth001_spf_permerror
        auth002_dkim_key_missing auth003_dkim_key_unusable auth004_dkim_signature_malformed
        auth005_dkim_sha1 auth006_dkim_expired auth007_dkim_body_changed auth008_dkim_signature_mismatch
        auth009_forwarding_broke auth010_spf_fail auth011_spf_no_pass auth012_unsigned auth013_not_aligned
        auth014_dmarc_fail auth015_no_policy auth016_policy_lets_through auth017_spf_not_aligned
        auth018_dkim_not_aligned auth019_headers_unsigned auth020_body_length auth021_signature_remarks
        auth026_dkim_replay auth022_arc_broken auth023_disagreement auth024_forged_results
        auth025_no_results msg002_duplicate_headers msg003_missing_headers msg004_bare_line_ends
        msg005_overlong_lines msg006_unsubscribe_unsigned msg007_unsubscribe_malformed msg008_no_tls
        msg009_slow_or_skewed_hop msg010_unreadable msg011_html_without_text msg012_html_too_large
        msg013_broken_mime msg014_unannounced_8bit msg015_gmail_from_elsewhere msg016_display_name_address
        msg017_homographs msg018_link_text msg019_shorteners msg020_image_only msg021_attachments
        msg022_reply_to msg023_no_body_unsubscribe msg024_date_far_off msg025_no_reverse_name
        msg027_filter_verdict msg031_spamassassin msg032_rspamd msg028_blocklist_refused
        msg033_forwards_another
        """,
        needs="",
    ),
    Topic(
        "submission",
        "delivery",
        """
        api001_key_refused api002_wrong_region api003_sender_not_verified api004_sandbox api005_quota
        api006_suppressed api007_error_in_success api008_no_id api009_test_mode api010_server_error
        api011_refused api012_reply_unusable api013_account_suspended api014_envelope_sender
        api015_links_rewritten api016_program_failed
        smtp001_unresolved smtp002_refused smtp003_timed_out smtp004_no_greeting smtp005_no_starttls
        smtp006_wrong_tls_mode smtp007_handshake smtp008_expired smtp009_wrong_name smtp010_untrusted
        smtp011_invalid_certificate smtp012_expires_soon smtp013_verification_off smtp014_old_tls
        smtp015_plain_submission smtp016_auth_failed smtp017_auth_impossible smtp018_sender_refused
        smtp019_recipient_refused smtp020_message_refused smtp021_deferred smtp022_greylisted
        smtp023_extension_missing smtp024_broken_off smtp025_not_strict smtp026_some_addresses
        """,
        needs="submission",
    ),
    Topic(
        "retrieval",
        "delivery",
        """
        recv001_not_arrived recv002_junk recv003_bounced recv004_login_failed recv005_mailbox_unusable
        recv006_header_changed recv007_body_changed recv008_slow recv009_left_behind
        recv010_mailbox_not_secured recv011_delay_notice recv012_null_mx recv013_put_off
        """,
        needs="retrieval",
    ),
    Topic(
        "inbound",
        "inbound",
        """
        inb001_forged_from inb002_broken_signature inb003_spf_fail inb004_two_from inb005_display_name
        inb006_null_mx_sender inb007_eicar inb008_not_refused inb009_harmless_in_junk inb010_dropped
        """,
        needs="",
    ),
)
#: Topic and module name by rule id.
_BY_ID = {_id(rule): (topic, rule) for topic in TOPICS for rule in topic.rules}


def ids() -> tuple[str, ...]:
    """The ids of all rules, without importing any."""
    return tuple(_BY_ID)


def modules(kind: Kind) -> tuple[str, ...]:
    """The modules of all rules of a kind."""
    return tuple(
        f"mailproof.checks.{topic.name}.{rule}"
        for topic in TOPICS
        if topic.kind == kind
        for rule in topic.rules
    )


def topic_of(rule_id: str) -> Topic:
    """The topic of a rule. Raises KeyError for an unknown id."""
    return _BY_ID[rule_id][0]


@cache
def check(rule_id: str) -> Check[Any]:
    """The check of a rule; imports only its module. Raises KeyError for an unknown id."""
    topic, name = _BY_ID[rule_id]
    declared: Check[Any] = import_module(f"mailproof.checks.{topic.name}.{name}").check
    return replace(declared, needs=topic.needs | declared.needs, profiles=declared.profiles or topic.profiles)


def checks(kind: Kind, ids: Collection[str] | None = None) -> tuple[Check[Any], ...]:
    """The checks for one kind of facts, in order; with ``ids`` only those of these rules."""
    return tuple(
        check(rule_id)
        for rule_id, (topic, _) in _BY_ID.items()
        if topic.kind == kind and (ids is None or rule_id in ids)
    )


def of_topics(*names: str) -> tuple[Check[Any], ...]:
    """The checks of these topics."""
    return tuple(check(rule_id) for topic in TOPICS if topic.name in names for rule_id in topic.ids)


def every() -> tuple[Check[Any], ...]:
    """The checks of all rules."""
    return tuple(map(check, _BY_ID))
