# ruff: noqa: E501 (one message a line reads best)
"""Receivers' requirements and whether a message meets them: snapshots/receivers.txt, one block per message.

MAILPROOF_UPDATE_SNAPSHOTS=1 rewrites it; review it before you commit it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mailproof.model import Report
from tests.support.dkim import MESSAGE, craft
from tests.support.snapshots import check_snapshot
from tests.unit.message.test_message_rules import verified, world

NO_POLICY = world().replace('_dmarc IN TXT "v=DMARC1; p=reject"\n', "")
SERVFAIL = "servfail"


async def messages() -> dict[str, Report]:
    own, esp = "192.0.2.10", "198.51.100.20"
    short = craft(MESSAGE, "rsa512", s="short")
    spf, key, policy = (
        ("acme.example", "TXT"),
        ("s1._domainkey.acme.example", "TXT"),
        ("_dmarc.acme.example", "TXT"),
    )
    two = MESSAGE.replace(b"From: ", b"From: Eve <eve@esp.test>\r\nFrom: ")
    offer = b"List-Unsubscribe: <https://a.test/1>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    return {
        "SPF and DKIM pass": await verified(craft(MESSAGE), ip=own),
        "SPF passes, no signature": await verified(MESSAGE, ip=own),
        "SPF fails, DKIM passes": await verified(craft(MESSAGE)),
        "neither": await verified(MESSAGE),
        "both of another domain": await verified(craft(MESSAGE, d="esp.test"), ip=esp, mail_from="b@esp.test"),
        "a key of 512 bits": await verified(short, ip=own),
        "a key of 1024 bits": await verified(craft(MESSAGE, "rsa1024", s="weak"), ip=own),
        "a key of 512 bits beside one of 2048": await verified(craft(short), ip=own),
        "one-click unsubscribe, not signed": await verified(offer + MESSAGE, ip=own),
        "no policy": await verified(craft(MESSAGE), NO_POLICY, ip=own),
        "no policy, and nothing passes": await verified(MESSAGE, NO_POLICY),
        "SPF not answered": await verified(MESSAGE, ip=own, failures={spf: SERVFAIL}),
        "the key not answered": await verified(craft(MESSAGE), failures={key: SERVFAIL}),
        "the policy not answered": await verified(craft(MESSAGE), ip=own, failures={policy: SERVFAIL}),
        "nothing answered": await verified(craft(MESSAGE), failures={spf: SERVFAIL, key: SERVFAIL, policy: SERVFAIL}),
        "two From fields": await verified(two, ip=own),
    }  # fmt: skip


def demanded(report: Report) -> str:
    assert report.facts.message is not None
    told: dict[str, list[str]] = {}
    for table in report.facts.message.receivers:
        for each in table.requirements:
            told.setdefault(f"{each.id}: {each.state}: {each.detail}", []).append(table.receiver)
    return "".join(f"  {line} ({' '.join(those)})\n" for line, those in told.items())


async def test_what_is_met() -> None:
    text = "\n".join(f"# {name}\n{demanded(report)}" for name, report in (await messages()).items())
    check_snapshot(Path(__file__).parent / "snapshots" / "receivers.txt", text)


@pytest.mark.parametrize(
    "domain", ["$(id).example", "`id`.example", "x|sh.example", "x;id.example", "--output.example"]
)
async def test_a_domain_of_a_stranger_is_no_part_of_a_command(domain: str) -> None:
    """It would be pasted into a shell."""
    message = f"From: a@{domain}\r\nSubject: x\r\n\r\nx".encode()
    name = re.sub(r"[^\w.]", lambda found: f"\\{ord(found[0]):03}", domain)
    zone = f'$ORIGIN .\n{name} 60 IN TXT "v=spf1 a:%{{x}} -all"\n'
    report = await verified(message, zone, ip="192.0.2.10", mail_from=f"a@{domain}")
    commands = re.findall(r"mailproof audit (\S+)", repr(report))
    assert "DOMAIN" in commands
    assert all(map(str.isalpha, commands)), commands
    assert "AUTH001" in {each.rule for each in report.findings}
