"""`mailproof monitor` against real servers: what one check reports and leaves behind."""

from __future__ import annotations

import json

from tests.lab.lab import Lab
from tests.lab.probing import Scenario, run, write

RECEIVERS = ({"address": "carol@inbox.test"}, {"address": "bob@strict.test"})


def test_a_round_connects_where_it_may_and_empties_every_mailbox(lab: Lab) -> None:
    path = write(lab, Scenario(to=RECEIVERS))
    before = _messages(lab)
    done = run(lab, "monitor", "--once", "--config", path, "--state", f"{path}.db", "-f", "jsonl")
    assert done.returncode == 0, done.stderr
    first = {each["target"]: each["text"] for each in map(json.loads, done.stdout.splitlines())}
    assert first.keys() == {"lab", "healthy.test"}
    assert "inbox.test: arrived in Junk" in first["lab"]
    assert "strict.test: arrived in INBOX" in first["lab"]
    assert "without a result" not in first["healthy.test"], "its mail host was connected to"
    assert _messages(lab) == before


def _messages(lab: Lab) -> set[str]:
    """The messages' file names, without the flags that a server appends."""
    folder = lab.path("/run/lab/mail")
    boxes = (folder / "inbox.test" / "carol", folder / "strict.test" / "bob")
    found = (each for box in boxes for each in box.rglob("*") if each.parent.name in ("cur", "new"))
    return {each.name.partition(":")[0] for each in found}
