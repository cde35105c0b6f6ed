"""What counts as a change, and when: unknown does not, and a change counts once, after enough checks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailproof.model import Finding, Location, Outcome, OutcomeStatus, Report, Severity
from mailproof.monitor.advance import advance
from mailproof.monitor.placement import placements
from mailproof.monitor.state import packed, unpacked
from mailproof.structs import replace
from tests.support.monitoring import DMARC, HEALTHY, KEY, MX, SPF, advanced, audited, probed, probed_at

HEALTH = audited()
ALL = ("acme.example", "_dmarc.acme.example", "s1._domainkey.acme.example", "_domainkey.acme.example")
OTHER_KEY = KEY.replace("11qY", "22qY")


def without(*gone: str) -> tuple[str, ...]:
    return tuple(each for each in HEALTHY if each not in gone)


def test_first_check_and_nothing_new() -> None:
    said, known = advanced([HEALTH, HEALTH, HEALTH])
    assert said == [["first neutral"], [], []]
    assert known.marks["grade"] == "A"
    assert known.pending == {}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (without(DMARC), {"dmarc worse", "finding worse", "grade worse"}),
        ((*without(DMARC), '_dmarc TXT "v=DMARC1; p=none"'), {"dmarc worse", "finding worse", "grade worse"}),
        (without(SPF), {"senders worse", "finding worse", "grade worse"}),
        ((*without(MX), "@ MX 10 mx2"), {"mx neutral"}),
        (without(HEALTHY[3]), {"dkim worse"}),
        ((*HEALTHY[:3], f's1._domainkey TXT "{OTHER_KEY}"'), {"dkim worse"}),
    ],
)
def test_each_change_is_reported_once(lines: tuple[str, ...], expected: set[str]) -> None:
    changed = audited(lines)
    said, _ = advanced([HEALTH, changed, changed])
    assert expected <= set(said[1]), said
    assert said[2] == []


def test_and_its_end_too() -> None:
    said, known = advanced([HEALTH, audited(without(DMARC)), HEALTH, HEALTH])
    assert {"dmarc better", "finding better", "grade better"} <= set(said[2])
    assert not [each for each in said[2] if each.endswith("worse")]
    assert said[3] == []
    assert known.marks["grade"] == "A"


def test_unknown_is_no_change() -> None:
    """A dead name server does not remove records, and its recovery does not add any."""
    dead = audited(HEALTHY, ALL)
    said, known = advanced([HEALTH, dead, dead, dead, HEALTH])
    assert [[each for each in check if not each.startswith("finding neutral")] for check in said[1:]] == [
        []
    ] * 4
    assert known.marks["grade"] == "A"


def test_what_vanished_while_nothing_was_known_is_reported_then() -> None:
    said, _ = advanced([HEALTH, audited(HEALTHY, ALL), audited(without(DMARC))])
    assert said[1] == []
    assert "dmarc worse" in said[2]


def test_what_was_unknown_at_first_is_taken_over_in_silence() -> None:
    said, known = advanced([audited(HEALTHY, ALL), HEALTH, audited(without(DMARC))])
    assert said[1] == []
    assert known.report.facts.dns is not None
    assert "dmarc worse" in said[2]


def test_part_of_spf_without_an_answer_takes_no_sender_away() -> None:
    lines = (
        *without(SPF),
        '@ TXT "v=spf1 include:i.acme.example -all"',
        'i TXT "v=spf1 ip4:192.0.2.25 ~all"',
    )
    said, _ = advanced([audited(lines), audited(lines, ("i.acme.example",)), audited(lines)])
    assert said[1:] == [[], []]


@pytest.mark.parametrize("after", [2, 3])
def test_a_change_counts_after_so_many_checks(after: int) -> None:
    broken = audited(without(DMARC))
    said, _ = advanced([HEALTH, *[broken] * (after + 1)], alert_after=after)
    assert said[1:after] == [[]] * (after - 1)
    assert "dmarc worse" in said[after]
    assert said[after + 1] == []


def test_what_comes_and_goes_never_counts() -> None:
    said, known = advanced([HEALTH, audited(without(DMARC))] * 4, alert_after=2)
    assert said[1:] == [[]] * 7
    assert known.marks["grade"] == "A"


def test_a_check_without_an_answer_does_not_begin_the_count_anew() -> None:
    broken, dead = audited(without(DMARC)), audited(HEALTHY, ALL)
    said, _ = advanced([HEALTH, broken, dead, broken], alert_after=2)
    assert said[2] == []
    assert "dmarc worse" in said[3]


def test_in_a_silent_window_nothing_counts() -> None:
    broken = audited(without(DMARC))
    over, _ = advanced([HEALTH, broken, broken, HEALTH, HEALTH], silent=(1, 2))
    assert over[1:] == [[], [], [], []]
    lasting, _ = advanced([HEALTH, broken, broken, broken, broken], silent=(1, 2), alert_after=2)
    assert lasting[1:3] == [[], []]
    assert "dmarc worse" in lasting[3]
    assert lasting[4] == []


def test_keys_have_an_age_from_when_they_were_first_seen() -> None:
    _, known = advanced([HEALTH, HEALTH])
    first = known.keys["s1"]
    _, same = advanced([HEALTH, audited(HEALTHY, ALL), HEALTH])
    assert same.keys["s1"] == first
    _, other = advanced([HEALTH, audited((*HEALTHY[:3], f's1._domainkey TXT "{OTHER_KEY}"'))])
    assert other.keys["s1"].since == first.since + 1
    _, gone = advanced([HEALTH, audited(without(HEALTHY[3]))])
    assert gone.keys == {}


def test_what_is_known_survives_the_file() -> None:
    """Every check reads the state written by the previous one: a round trip must not cause changes."""
    lines = (
        *HEALTHY,
        r'mx1 TXT "v=spf1 \200 ~all"',
        r'_smtp._tls TXT "v=TLSRPTv1; rua=mailto:\255@x.example"',
    )
    _, known = advanced([audited(lines)])
    read = unpacked(packed(known))
    assert unpacked(packed(read)) == read
    step = advance(read, audited(lines), "domain", alert_after=1, silent=False, at=1.0)
    assert step.news == ()


def test_a_probe_that_does_not_arrive() -> None:
    fault = Outcome(
        "RECV001",
        "acme.example",
        "fail",
        (Finding("RECV001", Severity.ERROR, "acme.example", "It is lost."),),
    )
    lost = probed(arrived=False, outcomes=(fault,))
    said, known = advanced([probed(), lost, lost, probed(), probed()], kind="probe")
    assert said == [["first neutral"], ["arrival worse"], [], ["arrival better"], []]
    assert known.marks["arrival"] == "arrived"


def test_the_first_probe_is_expected_to_arrive() -> None:
    said, _ = advanced([probed(refused="refused"), probed(refused="refused"), probed()], kind="probe")
    assert said == [["first neutral", "arrival worse"], [], ["arrival better"]]
    first = advance(None, probed(refused="refused"), "probe", alert_after=1, silent=False, at=0.0)
    assert (first.news[1].text, first.news[1].old) == ("The probe could not be sent.", "")


def test_each_of_several_receivers_is_reported_for_itself() -> None:
    fine = probed_at(gmail=probed(), gmx=probed())
    lost = probed_at(gmail=probed(), gmx=probed(arrived=False))
    junk = probed_at(gmail=probed(folder="Junk", junk=True), gmx=probed(arrived=False))
    said, known = advanced([fine, lost, lost, junk, fine], kind="probe")
    assert said[:4] == [["first neutral"], ["arrival worse"], [], ["folder worse"]]
    assert sorted(said[4]) == ["arrival better", "folder better"]
    assert known.marks["arrival gmx"] == known.marks["arrival gmail"] == "arrived"


def test_the_words_name_the_receiver() -> None:
    first = advance(None, probed_at(a=probed(), b=probed()), "probe", alert_after=1, silent=False, at=0.0)
    assert first.news[0].text.startswith("First check: a: arrived in INBOX, DKIM none, DMARC pass; b: ")
    lost = probed_at(a=probed(), b=probed(arrived=False))
    [news] = advance(first.known, lost, "probe", alert_after=1, silent=False, at=1.0).news
    assert news.text.startswith("The probe to b did not arrive in time (before: it arrived).")


def test_a_receiver_that_is_added_is_expected_to_arrive_and_one_that_is_removed_is_forgotten() -> None:
    lost = probed_at(a=probed(), b=probed(arrived=False))
    said, known = advanced([probed(), lost, lost, probed()], kind="probe")
    assert said == [["first neutral"], ["arrival worse"], [], []]
    assert not [name for name in known.marks if name.endswith((" a", " b"))]


def test_two_receivers_of_one_name_are_told_apart_by_their_addresses() -> None:
    report = probed_at(a=probed(), b=probed(arrived=False))
    first, second = report.facts.recipients
    second = replace(second, receiver="a", delivery=replace(second.delivery, recipient="Q@a.example"))
    found = placements(replace(report, facts=replace(report.facts, recipients=(first, second))))
    assert [each.receiver for each in found] == ["p@a.example", "Q@a.example"]


@pytest.mark.parametrize("kind", ["unresolved", "local"])
def test_our_own_trouble_says_nothing_of_the_probe(kind: str) -> None:
    """An unresponsive name server is not an outage of the mail server, whatever the report finds."""
    here = "acme.example"
    failed = Outcome("SMTP001", here, "fail", (Finding("SMTP001", Severity.ERROR, here, "Not resolved."),))
    ours, fine = (
        probed(refused=kind, outcomes=(failed,)),
        probed(outcomes=(Outcome("SMTP001", here, "pass"),)),
    )
    assert advanced([fine, ours, fine], kind="probe")[0][1:] == [[], []]
    assert advanced([ours, ours, fine, fine], kind="probe")[0][1:] == [[], [], []]
    gone = probed(refused="no-address", outcomes=(failed,))
    assert advanced([fine, gone, fine], kind="probe")[0][1:] == [["arrival worse"], ["arrival better"]]


def test_nor_does_a_mailbox_that_cannot_be_read() -> None:
    assert advanced([probed(), probed(result="error"), probed()], kind="probe")[0][1:] == [[], []]


def test_folder_authentication_and_certificate() -> None:
    junk, failing = probed(folder="Junk", junk=True), probed(dmarc="fail")
    said, _ = advanced([probed(), junk, probed(), failing, probed()], kind="probe")
    assert said[1:] == [["folder worse"], ["folder better"], ["auth worse"], ["auth better"]]
    unsure = advanced([probed(), probed(dmarc="temperror"), probed()], kind="probe")[0]
    assert unsure[1:] == [[], []]
    renewed = advanced([probed(), probed(certificate="b" * 64), probed(certificate="b" * 64)], kind="probe")[
        0
    ]
    assert renewed[1:] == [["certificate neutral"], []]


def test_a_warning_that_no_longer_applies_is_kept_until_it_is_checked_again() -> None:
    """If a certificate expires, the warning that it expires soon is not "fixed"."""
    here = "acme.example"

    def checked(**statuses: OutcomeStatus) -> Report:
        outcomes = tuple(
            Outcome(rule, here, status, (Finding(rule, Severity.WARNING, here, "."),) * (status == "warn"))
            for rule, status in statuses.items()
        )
        return replace(HEALTH, outcomes=outcomes)

    soon, late = checked(TLS012="pass", TLS013="warn"), checked(TLS012="warn", TLS013="skipped")
    said, _ = advanced([soon, late, late, checked(TLS012="pass", TLS013="pass"), soon])
    assert said[1:] == [["finding worse"], [], ["finding better"] * 2, ["finding worse"]]


@pytest.mark.parametrize(
    ("days", "words"), [(0, "is valid until 2027-02-24."), (91, "expired on 2027-02-24.")]
)
def test_until_when_another_certificate_is_valid(days: int, words: str) -> None:
    known = advance(None, probed(), "probe", alert_after=1, silent=False, at=0.0).known
    other = probed(certificate="b" * 64)
    other = replace(other, started=other.started + timedelta(days=days))
    (news,) = advance(known, other, "probe", alert_after=1, silent=False, at=0.0).news
    assert news.text == f"mail.acme.example:587 has another certificate: it {words}"


def test_a_finding_of_a_probe_that_arrives() -> None:
    warned = Outcome(
        "SMTP012", "acme.example", "warn", (Finding("SMTP012", Severity.WARNING, "acme.example", "Soon."),)
    )
    fine = Outcome("SMTP012", "acme.example", "pass")
    said, _ = advanced([probed(outcomes=(each,)) for each in (fine, warned, warned, fine)], kind="probe")
    assert said[1:] == [["finding worse"], [], ["finding better"]]


def listed(*findings: str, reason: str = "") -> Report:
    """An audit with these findings of a blocklist rule; with a ``reason``, not all lists answered."""
    found = tuple(
        Finding("RBL001", Severity.ERROR, "acme.example", f"{name} lists it.", Location(name=name))
        for name in findings
    )
    outcome = Outcome(
        "RBL001", "acme.example", "fail" if found else "unknown" if reason else "pass", found, reason
    )
    return replace(HEALTH, outcomes=(*(each for each in HEALTH.outcomes if each.check != "RBL001"), outcome))


def test_a_blocklist_that_does_not_answer_takes_no_listing_away() -> None:
    said, _ = advanced(
        [
            listed(),
            listed("a"),
            listed("a", "b"),
            listed("b", reason="a timed out"),
            listed(reason="x"),
            listed("a", "b"),
        ]
    )
    assert said[1:] == [["listing worse"], ["listing worse"], [], [], []]
    gone, _ = advanced([listed("a", "b"), listed("b"), listed("b"), listed()])
    assert gone[1:] == [["listing better"], [], ["listing better"]]


def test_a_new_listing_beside_a_list_that_does_not_answer() -> None:
    said, _ = advanced([listed("a"), listed("b", reason="a timed out"), listed("a", "b"), listed("b")])
    assert said[1:] == [["listing worse"], [], ["listing better"]]
