"""docs/sending.md: its configurations can be parsed, and its statements on each provider are true."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import jsonschema
import pytest
from docs.manual import json_schema

from mailproof.config.load import parse_config
from mailproof.config.senders import NEEDS
from mailproof.mail.senders.catalogue import api_of, kinds

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "sending.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE, re.S)
MESSAGE = next(each for each in BLOCKS if "[profiles.live.message]" in each)
SUBMIT = [each for each in BLOCKS if "[profiles.live.submit]" in each]


@pytest.mark.parametrize("block", SUBMIT, ids=lambda block: str(block).split('"')[1])
def test_what_is_to_be_pasted_is_read(block: str) -> None:
    for text in (block, re.sub(r"^# (\w+ = )", r"\1", block, flags=re.M)):  # and with commented-out lines
        config = parse_config(text + MESSAGE, Path("m.toml"))
        assert config.profile("live").submit.kind in NEEDS
        jsonschema.Draft7Validator(json_schema()).validate(tomllib.loads(text + MESSAGE))


def test_each_kind_is_there() -> None:
    shown = {parse_config(each + MESSAGE, Path("m.toml")).profile("live").submit.kind for each in SUBMIT}
    assert shown == set(NEEDS)
    rows = re.findall(r"^\| `(\w+)` \|.*$", PAGE, re.M)
    assert sorted(rows) == sorted([*NEEDS, "smtp"])


@pytest.mark.parametrize("kind", kinds())
def test_what_it_says_of_a_provider(kind: str) -> None:
    api = next(api_of(each) for each in kinds() if each == kind)
    section = next(each for each in PAGE.split("\n## ") if f'kind = "{kind}"' in each)
    assert f"Always changes: {', '.join(api.rewrites)}." in section
    cells = next(line for line in PAGE.splitlines() if line.startswith(f"| `{kind}` |")).split(" | ")
    assert (cells[3] == "–") == bool(api.no_dry_run)
    assert (cells[4] == "– |") == (not api.gives_id)
    words = {"theirs": "its own", "domain": "the domain of yours", "ours": "yours"}
    assert cells[2].startswith(words[api.envelope])
