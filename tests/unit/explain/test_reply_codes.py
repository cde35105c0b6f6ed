"""Codes within words: one reading for pasted replies, logs and notifications."""

from __future__ import annotations

import pytest

from mailproof.mail.dsn.replies import find_reply
from mailproof.mail.reply_codes import codes_in, codes_of


@pytest.mark.parametrize(
    ("text", "code", "status"),
    [
        ("550 5.1.1 User unknown", 550, "5.1.1"),
        ("550-'5.7.1 <a@b.example>... Access denied'", 550, "5.7.1"),
        ("550: 5.1.1 Recipient address rejected", 550, "5.1.1"),
        ("552 mailbox full (#5.2.2)", 552, "5.2.2"),
        ("550 (#5.1.0) Address rejected", 550, "5.1.0"),
        ("421 5.7.32 not aligned", 421, "5.7.32"),
        ('"550 5.4.1 Recipient address rejected: Access denied"', 550, "5.4.1"),
        ("[554 5.7.1 rejected by policy]", 554, "5.7.1"),
    ],
)
def test_a_reply_has_the_same_codes_in_a_text_and_in_a_notification(
    text: str, code: int, status: str
) -> None:
    reply = find_reply((text,))
    assert codes_of(text) == (reply.code, reply.status) == (code, status)


@pytest.mark.parametrize(
    "text",
    [
        "2001:db8::250 is not reached", "at 12:00:450", "alice+550 is away", "id=550 x", "smtp[502]: x",
        "v1.550 x", "502:30 left", "port 5505",
    ],
)  # fmt: skip
def test_other_numbers_are_no_codes(text: str) -> None:
    assert not list(codes_in(text))
