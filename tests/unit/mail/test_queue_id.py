"""Queue IDs and status meanings in the wording of real servers."""

from __future__ import annotations

import pytest

from mailproof.mail.enhanced_status import meaning, registry
from mailproof.mail.senders.smtp_envelope import queue_id


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Ok: queued as 4XyZ123abc", "4XyZ123abc"),
        ("OK id=1tABcd-00000000abc-1xYz", "1tABcd-00000000abc-1xYz"),
        (
            "<AM0PR@x.eurprd.example> [InternalId=4242, Hostname=AM0.example] 1234 bytes in 0.1, Queued mail",
            "AM0PR@x.eurprd.example",
        ),
        ("OK  1700000000 a1b2c3d4e5f6-7890abcd.12 - gsmtp", "a1b2c3d4e5f6-7890abcd.12"),
        (
            "Ok 0100018b1234abcd-11112222-3333-4444-5555-666677778888-000000",
            "0100018b1234abcd-11112222-3333-4444-5555-666677778888-000000",
        ),
        ("4AN0abcd012345 Message accepted for delivery", "4AN0abcd012345"),
        ("ok 1700000000 qp 12345", "12345"),
        ("Thanks", ""),
        ("", ""),
    ],
)
def test_queue_ids(text: str, wanted: str) -> None:
    assert queue_id(text) == wanted


def test_meanings() -> None:
    assert "does not exist" in meaning("5.1.1")
    assert "no route" in meaning("4.4.4")
    assert "user name, password" in meaning("", 535)
    assert meaning("", 0) == ""
    assert meaning("9.9", 0) == ""
    assert meaning("5.7.515", 550).startswith("Microsoft")
    assert meaning("", 550, "5.7.1 [S3150] blocked").startswith("Microsoft")
    assert meaning("4.2.0", 450, "Recipient is Greylisted").startswith("Greylisting")
    assert meaning("4.7.0", 421, "[TSS04] deferred").startswith("Yahoo slows")
    denied = meaning("5.4.1", 550, "Recipient address rejected: Access denied [a.protection.outlook.com]")
    assert denied.startswith("Microsoft: the recipient")
    assert "did not answer" not in denied
    assert meaning("5.7.26", 550, "rejected by our policy").startswith("5.7.26: Several")
    assert meaning("5.7.222").startswith("5.7.222: A security rule")


def test_the_data_is_dated_and_whole() -> None:
    data = registry()
    assert data.date
    assert data.source
    assert len(data.details) >= 80
    assert data.subjects.keys() == set("01234567")
