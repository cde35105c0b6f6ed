"""Changes to a message in transit."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof.config import MessageSettings
from mailproof.mail.compare import compare, placed
from mailproof.mail.compose import compose
from mailproof.model import DkimVerdict

SENT = compose(MessageSettings("a@acme.example", "b@r.example", subject="hello"), "mp-1").raw
PLAIN = (
    b"Subject: hi\r\nFrom: a@b.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    b"line one\r\nline two\r\n"
)
TRACE = (
    b"Return-Path: <a@acme.example>\r\n"
    b"Received: from mid.example by mx.example; Mon, 23 Nov 2026 12:00:02 +0000\r\n"
    b"List-Id: <l.mid.example>\r\n"
    b"Received: from out.example by mid.example; Mon, 23 Nov 2026 12:00:01 +0000\r\n"
    b"DKIM-Signature: v=1; d=acme.example\r\n"
    b"Received: from laptop by out.example; Mon, 23 Nov 2026 12:00:00 +0000\r\n"
)


def test_trace_headers_are_harmless_and_told_with_their_hop() -> None:
    facts = compare(SENT, TRACE + SENT)
    assert facts.body_intact
    assert facts.changes
    assert all(c.harmless for c in facts.changes)
    hops = {c.name: c.hop for c in facts.changes}
    assert hops["DKIM-Signature"] == "out.example"
    assert hops["List-Id"] == "mid.example"
    assert hops["Return-Path"] == "mx.example"


def test_identical_messages_have_no_change() -> None:
    assert compare(SENT, SENT).changes == ()
    assert compare(SENT, SENT.replace(b"\r\n", b"\n")).changes == ()


def test_subject_tag_and_second_from() -> None:
    arrived = TRACE + SENT.replace(b"Subject: hello", b"Subject: [list] hello")
    change = next(c for c in compare(SENT, arrived).changes if not c.harmless)
    assert (change.name, change.kind, change.hop) == ("Subject", "changed", "mid.example")
    assert change.after.startswith("[list] hello")
    doubled = compare(SENT, b"From: evil@x.example\r\n" + SENT)
    change = next(c for c in doubled.changes if not c.harmless)
    assert (change.name, change.kind, change.after) == ("From", "added", "evil@x.example")


def test_one_report_names_one_place_for_a_change() -> None:
    """Evidence from broken signatures takes precedence over headers of list software."""
    arrived = TRACE + SENT.replace(b"Subject: hello", b"Subject: [list] hello") + b"footer\r\n"
    found = compare(SENT, arrived)
    assert {c.hop for c in found.changes if not c.harmless} == {"mid.example"}

    def broken(hop: str, *, body: bool, header: bool) -> DkimVerdict:
        return DkimVerdict(
            "fail", "acme.example", "s1", cause_hop=hop, body_valid=not body, signature_valid=not header
        )

    def hops(*verdicts: DkimVerdict) -> dict[str, str]:
        return {c.part: c.hop for c in placed(found, verdicts).changes if not c.harmless}

    assert hops() == {"body": "mid.example", "header": "mid.example"}
    assert hops(broken("", body=True, header=True)) == {"body": "mid.example", "header": "mid.example"}
    assert hops(broken("mx.example", body=True, header=False)) == {
        "body": "mx.example",
        "header": "mid.example",
    }
    assert hops(broken("mx.example", body=True, header=True)) == {
        "body": "mx.example",
        "header": "mx.example",
    }
    added = {
        c.name: c.hop for c in placed(found, [broken("x", body=True, header=True)]).changes if c.harmless
    }
    assert added["List-Id"] == "mid.example", "a field stands where it was added"


def test_refolding_is_harmless() -> None:
    arrived = SENT.replace(b"Subject: hello ", b"Subject: hello\r\n ")
    changes = compare(SENT, arrived).changes
    assert [(c.name, c.kind, c.harmless) for c in changes] == [("Subject", "changed", True)]


def test_footer() -> None:
    arrived = PLAIN + b"-- \r\nThis list is run by volunteers\r\n"
    facts = compare(PLAIN, arrived)
    assert not facts.body_intact
    change = facts.changes[0]
    assert (change.name, change.kind) == ("text/plain footer", "added")
    assert "volunteers" in change.after


def test_footer_as_a_part_of_its_own() -> None:
    arrived = (
        b'Subject: hi\r\nFrom: a@b.example\r\nContent-Type: multipart/mixed; boundary="q"\r\n\r\n'
        b"--q\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nline one\r\nline two\r\n"
        b"--q\r\nContent-Type: text/html\r\n\r\n<p>footer</p>\r\n--q--\r\n"
    )
    names = {(c.name, c.kind) for c in compare(PLAIN, arrived).changes if c.part == "body"}
    assert names == {("text/html (part)", "added")}


def test_footer_behind_the_last_boundary() -> None:
    facts = compare(SENT, SENT + b"-- \r\nclub footer\r\n")
    assert not facts.body_intact
    change = facts.changes[0]
    assert (change.name, change.kind) == ("text outside the MIME parts", "added")
    assert "club footer" in change.after


def test_a_list_is_known_by_its_name_wherever_its_fields_stand() -> None:
    hops = (
        b"Received: from lists.club.example by mx.receiver.example; Mon, 23 Nov 2026 12:00:02 +0000\r\n"
        b"Received: from mail.acme.example by lists.club.example; Mon, 23 Nov 2026 12:00:01 +0000\r\n"
        b"Received: from desk by mail.acme.example; Mon, 23 Nov 2026 12:00:00 +0000\r\n"
    )
    tagged = SENT.replace(b"Subject: hello", b"Subject: [club] hello")
    listed = b"List-Id: <members.lists.club.example>\r\n"
    head, sep, body = tagged.partition(b"\r\n\r\n")
    for arrived in (
        hops + head + b"\r\n" + listed.rstrip() + sep + body,  # below all
        hops.replace(b"Received: from desk", listed + b"Received: from desk") + tagged,  # between
    ):
        change = next(c for c in compare(SENT, arrived).changes if not c.harmless)
        assert change.hop == "lists.club.example"


def test_reencoding_is_told_as_such() -> None:
    head, body = PLAIN.split(b"\r\n\r\n", 1)
    arrived = head + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(body)
    facts = compare(PLAIN, arrived)
    change = next(c for c in facts.changes if c.part == "body")
    assert (change.name, change.before, change.after) == ("text/plain encoding", "7bit", "base64")
    assert not facts.body_intact


def test_trailing_blank_lines_and_spaces_are_harmless() -> None:
    facts = compare(PLAIN, PLAIN.replace(b"line one", b"line one  ") + b"\r\n\r\n")
    assert facts.body_intact
    assert all(c.harmless for c in facts.changes)


def test_rewritten_text_shows_the_lines() -> None:
    change = compare(PLAIN, PLAIN.replace(b"line two", b"https://safelinks.example/x")).changes[0]
    assert (change.before, change.after) == ("line two", "https://safelinks.example/x")


@pytest.mark.once
def test_hostile_structures_end_soon() -> None:
    deep = (
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n"
        + b"--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n" * 3000
    )
    many = b"".join(b"X-%d: y\r\n" % i for i in range(20_000)) + b"\r\nbody"
    for arrived in (deep, many, b"", b"\x00" * 100_000, b"From" * 100_000):
        compare(SENT, arrived)


@given(st.binary(max_size=400), st.binary(max_size=400))
def test_never_raises(sent: bytes, arrived: bytes) -> None:
    compare(sent, arrived)
