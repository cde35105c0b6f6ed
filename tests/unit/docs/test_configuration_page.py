"""docs/configuration.md and the JSON Schema of mailproof.toml match what the configuration accepts."""

from __future__ import annotations

import textwrap
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from docs.manual import json_schema, undocumented

from mailproof.config.load import parse_config
from mailproof.errors import ConfigError

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
SCHEMA = jsonschema.Draft7Validator(json_schema())


def accepted(text: str) -> bool:
    try:
        parse_config(text, Path("m.toml"))
    except ConfigError:
        return False
    return True


def plain(text: str) -> dict[str, Any]:
    """The tables as editors pass them to the schema: dates are strings."""
    tables = tomllib.loads(text)
    for each in tables.get("ignore", ()):
        if "expires" in each:
            each["expires"] = str(each["expires"])
    return tables


def test_every_key_is_documented() -> None:
    assert undocumented() == ()


def test_the_example_of_the_page_is_read() -> None:
    example = textwrap.dedent(
        PAGE.partition("## Check your domains\n\n")[2].partition("\n`mailproof check`")[0]
    )
    config = parse_config(example, Path("m.toml"))
    (domain,) = config.domains
    assert domain.expect is not None
    assert domain.expect.selectors == ("s1",)
    assert config.in_environment("live").zones == ()
    SCHEMA.validate(plain(example))


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "fixtures" / "configs").glob("*.toml")))
def test_the_schema_takes_what_we_take(name: str) -> None:
    text = (ROOT / "fixtures" / "configs" / name).read_text(encoding="utf-8")
    if accepted(text):
        SCHEMA.validate(plain(text))


@pytest.mark.parametrize(
    "text",
    [
        "nameserver = []",
        "timeout = 'soon'",
        "[audit]\nfail_on = 'info'",
        "[[domains]]\nprofile = 'parked'",
        "[[domains]]\nname = 'a.example'\nexpect.dmarc.policy = 'rejct'",
        "[[domains]]\nname = 'a.example'\nexpect.dkim.selectors.s1.bits = 1",
        "[severities]\nSPF003 = 'off'",
        "[[ignore]]\nreason = 'x'",
        "[environments.x]\nname = 'y'",
        "[filters.rspamd]\npassword = 'hunter2'",
        "[monitor]\ninterval = 5",
        "[monitor]\nalert_after = 0",
        "[monitor.webhook]\nkind = 'slack'",
        "[monitor.webhook]\nurl = 'https://hooks.example/x'",
        "[filters.rspamd]\npassword = { env = 'A', command = 'b' }",
        "places = ['x']",
        "path = 'x'",
    ],
)
def test_the_schema_refuses_what_we_refuse(text: str) -> None:
    assert not accepted(text)
    assert not SCHEMA.is_valid(plain(text))
