"""The placement table: differences come first, at every width and in every format."""

from __future__ import annotations

import pytest

from mailproof.model import Placement, SeenResult
from mailproof.render.look import SCREEN
from mailproof.render.placement import placement_table
from mailproof.render.text.page import Page
from mailproof.render.text.placement import write_placement
from mailproof.structs import replace

PASS = SeenResult("pass", "pass")
GMAIL = Placement(
    *("gmail", "test@gmail.example", "found", "INBOX", "Promotions", False, 1.2, 1.9, PASS, PASS, PASS),
    tls="TLS1_3",
)
OUTLOOK = replace(
    GMAIL,
    receiver="outlook",
    recipient="test@outlook.example",
    folder="Junk Email",
    tab="",
    junk=True,
    dkim=SeenResult("fail", "pass"),
    spam_filter="Microsoft",
    spam_judgement="spam",
    spam_score=5.0,
)
LOST = Placement("gmx", "test@gmx.example", "deadline")
REFUSED = Placement("web", "a@web.example", "refused", reason="550 5.7.1 \x1b[31mno")


def shown(*rows: Placement, width: int = 100, unicode: bool = True) -> str:
    page = Page(SCREEN._replace(width=width, unicode=unicode))
    write_placement(page, rows)
    return page.value


def test_the_columns_that_differ_come_first_and_the_worst_row_too() -> None:
    found = placement_table((GMAIL, OUTLOOK, LOST))
    assert found.columns == ("receiver", "folder", "DKIM", "seconds", "SPF", "DMARC", "spam", "TLS")
    assert found.differing == ("folder", "DKIM")
    assert found.differences == (
        "folder: inbox (Promotions) at gmail; junk at outlook; not arrived at gmx",
        "DKIM: pass at gmail; fail at outlook",
    )
    assert [row[0].text for row in found.rows] == ["gmx", "outlook", "gmail"]
    assert found.rows[1][2] == ("fail/pass", "fail")


def test_nothing_differs_where_nothing_is_known_or_all_is_the_same() -> None:
    same = replace(GMAIL, receiver="b", recipient="x@b", seconds=3.0, tls="", spf=SeenResult("", "pass"))
    assert placement_table((GMAIL, same)).differences == ()
    assert "The same at all receivers." in shown(GMAIL, same)


def test_two_mailboxes_at_one_receiver_are_named_by_their_addresses() -> None:
    found = placement_table((GMAIL, replace(GMAIL, recipient="other@gmail.example"), OUTLOOK))
    assert [row[0].text for row in found.rows] == ["outlook", "test@gmail.example", "other@gmail.example"]


def test_slow_receivers_differ() -> None:
    slow = replace(GMAIL, receiver="b", recipient="x@b", seconds=300.4)
    fast = replace(GMAIL, seconds=0.0)
    found = placement_table((fast, slow))
    assert found.differences == ("seconds: <1 at gmail to 300 at b",)


@pytest.mark.parametrize("width", [60, 80, 100, 140, 200])
def test_the_text_fits_and_loses_nothing(width: int) -> None:
    text = shown(GMAIL, OUTLOOK, LOST, REFUSED, width=width)
    assert max(map(len, text.splitlines())) <= width
    assert "2 of 4 arrived" in text
    for word in ("gmail", "outlook", "gmx", "web", "fail/pass", "Junk Email", "not arrived", "550 5.7.1"):
        assert word in text
    assert "\x1b" not in text


def test_without_unicode() -> None:
    assert shown(GMAIL, LOST, unicode=False).isascii()
