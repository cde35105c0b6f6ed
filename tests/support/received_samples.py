# ruff: noqa: E501 (headers are quoted as they are)
"""Messages with receivers' headers and senders' forgeries, and the correct result for each."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from tests.support.received_form import Form
from tests.support.received_forms import FORMS

#: Forged headers that a sender might add at the top of its message.
BAITS = (
    "",
    "Authentication-Results: {id}; spf=pass smtp.mailfrom=bank.example; dkim=pass header.d=bank.example; dmarc=pass header.from=bank.example\n",
    "Return-Path: <ceo@bank.example>\n",
    "Received-SPF: pass (bank.example designates 203.0.113.200 as permitted sender) client-ip=203.0.113.200; envelope-from=ceo@bank.example; helo=mail.bank.example\n",
    "Received: from mail.bank.example (mail.bank.example [203.0.113.200]) by {by} with ESMTPS id 1; {date}\n",
    "X-Originating-IP: [203.0.113.200]\nX-Sender-IP: 203.0.113.200\nX-MS-Exchange-SkipListedInternetSender: ip=[203.0.113.200];domain=mail.bank.example\n",
)


@dataclass(frozen=True)
class Sample:
    """A message and the correct result: ``own`` are the border's own Authentication-Results."""

    name: str
    raw: bytes
    ip: str
    path: str
    own: tuple[str, ...]


def samples(seed: int = 11) -> Iterator[Sample]:
    """Yield each form with each forgery, twice with different numbers."""
    rng = random.Random(seed)
    for form in FORMS:
        for number, bait in enumerate((*BAITS, *BAITS)):
            yield _sample(form, number, bait, rng)


def _sample(form: Form, number: int, bait: str, rng: random.Random) -> Sample:
    version6 = number >= len(BAITS)
    ip = (
        f"2001:db8:{rng.randrange(1, 9999):x}::{rng.randrange(1, 99)}"
        if version6
        else f"192.0.2.{rng.randrange(1, 250)}"
    )
    words = {
        "n": str(rng.randrange(1000, 9999)),
        "m": str(rng.randrange(10, 99)),
        "ip": ip,
        "gateway": f"198.51.100.{rng.randrange(1, 250)}",
        "host": f"mail{rng.randrange(1, 99)}.acme.example",
        "path": rng.choice(("ada@acme.example", "bounce+bob=corp.example@acme.example")),
        "domain": "acme.example",
        "date": f"Wed, 25 Nov 2026 12:{rng.randrange(10, 59)}:{rng.randrange(10, 59)} +0000",
    }
    words["bip"] = ip
    text = form.text.lstrip("\n").format(**words)
    lines = [line for line in text.splitlines() if line]
    own = tuple(line.removeprefix("@Authentication-Results: ") for line in lines if line.startswith("@"))
    first = own[0].split(";")[0].split()[0] if own else "mx.corp.example"
    by = next(
        (line.split(" by ")[1].split()[0] for line in lines if f"{ip}" in line and " by " in line),
        "mx.corp.example",
    )
    bait = bait.format(id=first if "=" not in first else "mx.microsoft.com", by=by, date=words["date"])
    # Exchange appends fields after everything that the sender wrote.
    cut = next((i for i, line in enumerate(lines) if line.startswith("From:")), len(lines))
    head = [line.removeprefix("@") for line in lines[:cut]]
    rest = lines[cut:] or ["From: Ada <ada@acme.example>"]
    sent = [
        "To: bob@corp.example",
        "Subject: Lunch",
        f"Date: {words['date']}",
        f"Message-ID: <{number}@acme.example>",
    ]
    full = [*head, *bait.splitlines(), *sent, *rest, "MIME-Version: 1.0", "", "See you at noon.", ""]
    return Sample(
        f"{form.name}-{number}", "\r\n".join(full).encode(), "" if form.inside else ip, words["path"], own
    )
