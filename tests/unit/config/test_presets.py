"""Presets of mailbox providers: the dated list, and how a configuration uses it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from mailproof.config import RetrieveSettings
from mailproof.config.load import parse_config
from mailproof.config.permits import powers
from mailproof.config.settings import Preset
from mailproof.data.mailboxes import known_mailboxes, provider_at, provider_named, provider_of
from mailproof.errors import ConfigError

HEAD = """[profiles.a.submit]
host = "smtp.acme.example"
[profiles.a.message]
from = "a@acme.example"
to = "b@gmail.com"
[profiles.a.retrieve]
username = "b@gmail.com"
password = { env = "PW" }
"""


def retrieve(text: str) -> RetrieveSettings:
    found = parse_config(HEAD + text, Path("m.toml")).profiles[0].retrieve
    assert found is not None
    return found


def test_the_list_is_whole() -> None:
    found = known_mailboxes()
    assert date.fromisoformat(found.date)
    assert tuple(each.name for each in found.providers) == get_args(Preset)
    for each in found.providers:
        assert each.page.startswith("https://")
        assert each.sign_in
        assert each.tab
        assert each.junk
    documented = Path(__file__).parents[3].joinpath("docs", "mailboxes.md").read_text()
    for each in found.providers:
        assert f"| `{each.name}` | {each.title} | {each.host}:{each.port} |" in documented


def test_a_preset_brings_host_port_and_security() -> None:
    gmail = retrieve('preset = "gmail"\n')
    assert (gmail.kind, gmail.server, gmail.effective_security) == ("imap", "imap.gmail.com:993", "tls")
    bridge = retrieve('preset = "proton"\n')
    assert (bridge.server, bridge.effective_security) == ("127.0.0.1:1143", "starttls")


def test_what_is_given_counts_more() -> None:
    other = retrieve('preset = "zoho"\nhost = "imap.zoho.eu"\n')
    assert (other.server, other.preset) == ("imap.zoho.eu:993", "zoho")
    assert retrieve('preset = "gmx"\nport = 143\nsecurity = "starttls"\n').server == "imap.gmx.net:143"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('preset = "hotmail"\n', "'profiles.a.retrieve.preset': input should be 'gmail', 'outlook', "),
        ("preset = 3\n", "'profiles.a.retrieve.preset': input should be"),
        ('preset = "gmail"\nkind = "pop3"\nhost = "x"\n', "'preset' is for IMAP, not for kind = 'pop3'"),
        ("", "kind = 'imap' needs 'host'"),
    ],
)
def test_faults(text: str, words: str) -> None:
    with pytest.raises(ConfigError) as error:
        retrieve(text)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_providers_are_found_by_domain_and_host() -> None:
    by_domain, by_host = provider_of("GoogleMail.com."), provider_at("IMAP.GMAIL.COM")
    assert by_domain is by_host is provider_named("gmail")
    assert provider_at("127.0.0.1") is None, "that is any server on this machine"
    assert provider_of("acme.example") is None


API = """[profiles.a.submit]
host = "smtp.acme.example"
[profiles.a.message]
from = "a@acme.example"
to = "b@acme.example"
[profiles.a.retrieve]
"""


def of_api(text: str) -> RetrieveSettings:
    found = parse_config(API + text, Path("m.toml")).profiles[0].retrieve
    assert found is not None
    return found


def test_a_mailbox_behind_an_api() -> None:
    graph = of_api(
        'kind = "graph"\nusername = "b@acme.example"\naccount = "acme.example"\nkey_id = "c"\n'
        'key = { env = "K" }\n'
    )
    assert graph.server == "https://graph.microsoft.com"
    assert of_api('kind = "gmail"\ntoken = { env = "T" }\n').server == "https://gmail.googleapis.com"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('kind = "gmail"\n', "kind = 'gmail' needs one of 'token', 'key', 'refresh_token'"),
        ('kind = "gmail"\nkey = "secret-1"\n', "m.toml:8:1: keys aren't allowed in this file"),
        ('kind = "gmail"\nrefresh_token = { env = "R" }\n', "'refresh_token' needs 'key_id'"),
        ('kind = "gmail"\nkey = { env = "K" }\n', "'username' names the mailbox"),
        (
            'kind = "graph"\nkey = { env = "K" }\nusername = "b@x.example"\nkey_id = "c"\n',
            "kind = 'graph' needs 'key_id' and 'account', the tenant",
        ),
        ('kind = "graph"\ntoken = { env = "T" }\nhost = "x"\n', "'host' has no effect with kind = 'graph'"),
        ('kind = "graph"\ntoken = { env = "T" }\nurl = "http://x.example"\n', "'url': over http the key"),
        ('kind = "maildir"\npath = "m"\nkey_id = "c"\n', "'key_id' is for kind = 'graph' or 'gmail'"),
    ],
)
def test_faults_of_apis(text: str, words: str) -> None:
    with pytest.raises(ConfigError) as error:
        of_api(text)
    assert words in str(error.value)
    assert "secret-1" not in str(error.value)


def test_what_an_api_does_needs_trust() -> None:
    text = API + 'kind = "graph"\ntoken = { command = "get-token" }\n'
    found = [(each.key, each.command) for each in powers(parse_config(text, Path("m.toml")))]
    assert ("profiles.a.retrieve.token", True) in found
    assert ("profiles.a.retrieve.url", False) in found
