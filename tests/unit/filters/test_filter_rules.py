"""Headers of the receiver's filters: only those of the trusted server count. And the catalogue of symbols."""

from __future__ import annotations

import pytest

from mailproof.checks import registry
from mailproof.checks.base import NotApplicable, Undetermined
from mailproof.data.filter_symbols import cause_of, filter_symbols, silent_list
from mailproof.model import AskedFilter, Envelope, FilterSymbol, MessageFacts, Severity
from mailproof.records.spam_headers import read_filter
from mailproof.structs import replace
from tests.support.checks import findings_of

FACTS = MessageFacts("test", 100, from_domain="acme.example")
JUNK = "SCL:6;SFV:SPM;CAT:SPM"


def facts_of(*headers: tuple[str, str], trusted: bool = True) -> MessageFacts:
    read = (read_filter(name, value) for name, value in headers)
    verdicts = tuple(replace(each, trusted=trusted) for each in read if each is not None)
    return replace(FACTS, headers=headers, filters=verdicts)


@pytest.mark.parametrize(
    ("name", "value", "severity", "words", "fix"),
    [
        ("X-Forefront-Antispam-Report", JUNK, "warning", "classed the message as spam", "false positive"),
        ("X-Forefront-Antispam-Report", "CAT:BULK;SCL:5;SFV:SPM", "warning", "spam", "one-click"),
        ("X-Forefront-Antispam-Report", "CAT:UIMP;SCL:5", "error", "phishing or forgery", "display name"),
        ("X-Forefront-Antispam-Report", "CAT:MALW", "error", "as malware", "Scan the attachments"),
        ("X-MS-Exchange-Organization-SCL", "9", "warning", "spam", "false positive"),
        ("X-Spam-Flag", "YES", "warning", "The receiver's filter classed", "false positive"),
        ("X-Spamd-Result", "default: True [16.0 / 15.0]; RDNS_NONE(1.0)[]; MISSING_MID(2.5)[]", "warning",
         "Rspamd classed the message as spam (X-Spamd-Result: 16 of 15 points)", "on the other lines"),
        ("X-Proofpoint-Spam-Details", "rule=phish policy=default score=99", "error", "phishing", "positive"),
    ],
)  # fmt: skip
def test_the_border_is_believed(name: str, value: str, severity: str, words: str, fix: str) -> None:
    (finding,) = findings_of("MSG027", facts_of((name, value)))
    assert finding.severity == severity
    assert words in finding.message
    assert finding.fix is not None
    assert fix in finding.fix.summary
    assert finding.location is not None
    assert finding.location.record == value


def test_what_the_border_did_not_write_does_not_count() -> None:
    foreign = facts_of(("X-Forefront-Antispam-Report", JUNK), trusted=False)
    with pytest.raises(NotApplicable, match="the receiving server did not write"):
        findings_of("MSG027", foreign)
    both = replace(foreign, filters=(*foreign.filters, *facts_of(("X-Spam-Status", "No, score=1")).filters))
    assert findings_of("MSG027", both) == []
    with pytest.raises(NotApplicable):
        findings_of("MSG028", facts_of(("X-Spam-Status", "No, tests=URIBL_BLOCKED"), trusted=False))


def test_one_finding_a_filter_and_none_without_a_verdict() -> None:
    several = facts_of(
        ("X-MS-Exchange-Organization-SCL", "5"),
        ("X-Forefront-Antispam-Report", "CAT:SPOOF;SCL:5"),
        ("X-Spam-Status", "Yes, score=6.0 required=5.0 tests=RDNS_NONE"),
    )
    found = findings_of("MSG027", several)
    assert [each.severity for each in found] == [Severity.ERROR, Severity.WARNING]
    assert "X-Forefront-Antispam-Report" in found[0].message
    assert findings_of("MSG027", facts_of(("X-Forefront-Antispam-Report", "SCL:-1;SFV:SKN"))) == []
    with pytest.raises(NotApplicable):
        findings_of("MSG027", facts_of(("X-Spam-Score", "9")))
    with pytest.raises(NotApplicable):
        findings_of("MSG027", FACTS)


@pytest.mark.parametrize(
    ("action", "judgement"),
    [
        ("add header", "spam"),
        ("Reject", "spam"),
        ("no action", "clean"),
        ("greylist", "clean"),
        ("x", "unknown"),
    ],
)
def test_what_rspamd_had_done(action: str, judgement: str) -> None:
    """Its other header says False for scores below rejection."""
    found = facts_of(("X-Spamd-Result", "default: False [7.5 / 15.0]"), ("X-Rspamd-Action", action))
    assert found.filters[1].judgement == judgement
    assert [each.message for each in findings_of("MSG027", found)] == (
        ["Rspamd classed the message as spam (X-Rspamd-Action)."] if judgement == "spam" else []
    )


def test_a_folded_list_of_tests_is_read_whole() -> None:
    value = "No, score=1 required=5 tests=A_ONE,B_TWO,\tC_THREE autolearn=no"
    verdict = read_filter("X-Spam-Status", value)
    assert verdict is not None
    assert [each.name for each in verdict.details] == ["A_ONE", "B_TWO", "C_THREE"]


def asked(**changes: object) -> MessageFacts:
    answer = replace(AskedFilter("Rspamd", "http://h:11333", "spam", "reject", 20.0, 15.0), **changes)  # type: ignore[arg-type] # keywords by their names
    return replace(FACTS, asked_filters=(answer,))


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("reject", "would reject the message: 20 of 15 points"),
        ("rewrite subject", "would mark the message as spam"),
        ("discard", "would discard the message"),
    ],
)
def test_rspamd_actions_in_words(action: str, words: str) -> None:
    (finding,) = findings_of("MSG032", asked(action=action))
    assert words in finding.message


def test_symbols_for_the_message_are_not_told_and_an_unknown_client_is() -> None:
    symbols = (
        FilterSymbol("R_DKIM_ALLOW", -0.2),
        FilterSymbol("MISSING_MID", 2.5),
        FilterSymbol("X_ZERO", 0.0),
    )
    (finding,) = findings_of("MSG032", asked(symbols=symbols))
    assert [line.split()[0] for line in finding.evidence] == ["+2.5", "The"]
    assert "HFILTER_HOSTNAME_UNKNOWN" in finding.evidence[1]
    known = replace(asked(symbols=symbols), envelope=Envelope(ip="192.0.2.25"))
    (finding,) = findings_of("MSG032", known)
    assert len(finding.evidence) == 1
    assert "MISSING_MID" in finding.evidence[0]
    assert "(MSG003)" in finding.evidence[0]


def test_no_answer_is_undetermined_for_each_rule() -> None:
    silent = asked(verdict="unknown", problem="192.0.2.1:11333 refuses connections")
    for rule in ("MSG032", "MSG028"):
        with pytest.raises(Undetermined, match="refuses connections"):
            findings_of(rule, silent)
    with pytest.raises(NotApplicable, match="--spamassassin"):
        findings_of("MSG031", silent)


def test_the_catalogue_names_rules_that_exist_and_each_symbol_once() -> None:
    known = {check.rule.id for check in registry.every()}
    catalogue = filter_symbols()
    assert {each.check for each in catalogue.causes} - {""} <= known
    names = [name for each in catalogue.causes for name in each.names]
    names += [name for each in catalogue.silent for name in each.names]
    assert sorted({name for name in names if names.count(name) > 1}) == []
    assert catalogue.date == "2026-11-23"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("HTML_IMAGE_ONLY_08", "images"),
        ("HFILTER_HELO_5", "say HELO"),
        ("RBL_SPAMHAUS_SBL", "removed from the list"),
        ("R_SPF_FAIL", "SPF record"),
    ],
)
def test_causes(name: str, words: str) -> None:
    cause = cause_of(name)
    assert cause is not None
    assert words in cause.fix


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("RCVD_IN_ZEN_BLOCKED_OPENDNS", True),
        ("RBL_SPAMHAUS_BLOCKED_OPENRESOLVER", True),
        ("DBL_BLOCKED", True),
        ("URIBL_BLOCKED", True),
        ("DWL_DNSWL_BLOCKED", True),
        ("RBL_SENDERSCORE_FAIL", False),
    ],
)
def test_silent_lists_are_no_listings(name: str, refused: bool) -> None:
    found = silent_list(name)
    assert found is not None
    assert found.refused is refused
    assert cause_of(name) is None


@pytest.mark.parametrize("name", ["R_SPF_FAIL", "SPF_FAIL", "SPF_HELO_FAIL", "R_SPF_DNSFAIL", "URIBL_BLACK"])
def test_failures_of_other_kinds_are_no_silent_lists(name: str) -> None:
    assert silent_list(name) is None
