"""Any file gives its contents, or one error with its position."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest

from mailproof.dns import ZoneResolver
from mailproof.dns.inputs.forms import read_input
from mailproof.errors import ZoneFileError

INPUTS = Path(__file__).parents[3] / "fixtures" / "inputs"
STRANGE: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1.5,
        10**12,
        "",
        ".",
        "..",
        "@",
        "x" * 300,
        "a..b",
        "\x00\ud800",
        "bü.example",
    ),
    *(
        "v=spf1 \\999",
        '"open',
        "$ORIGIN",
        "10",
        [],
        [[]],
        [None],
        {},
        {"": {}},
        ["x", {}],
        "\u2028",
        "TXT",
        "OPT",
    ),
)


def mutated(value: Any, chance: random.Random) -> Any:
    """A copy with a few values replaced, removed or moved into others."""
    whole = copy.deepcopy(value)
    for _ in range(chance.randint(1, 4)):
        at: Any = whole
        path: list[tuple[Any, Any]] = []
        while isinstance(at, dict | list) and at and (not path or chance.random() < 0.85):
            key = chance.choice(list(at)) if isinstance(at, dict) else chance.randrange(len(at))
            path.append((at, key))
            at = at[key]
        if path:
            holder, key = path[-1]
            holder[key] = copy.deepcopy(chance.choice(STRANGE))
    return whole


@pytest.mark.parametrize("file", sorted(each.name for each in INPUTS.glob("*.json")))
def test_a_strange_value_anywhere_costs_one_line_at_most(file: str, tmp_path: Path) -> None:
    original = json.loads((INPUTS / file).read_text())
    chance = random.Random(file)
    path = tmp_path / "strange.json"
    errors: list[str] = []
    for _ in range(60):
        path.write_text(json.dumps(mutated(original, chance), indent=1))
        try:
            ZoneResolver(*read_input(path).zones)
        except ZoneFileError as error:
            errors.append(str(error))
    assert errors
    assert [each for each in errors if not each.startswith(f"{path}:") or "\n" in each] == []
