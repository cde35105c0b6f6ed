"""Addresses of the filters: the configuration table, and the options that override it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailproof.cli.filters import chosen_filters
from mailproof.config import Config, FilterSettings, RspamdSettings, SpamAssassinSettings
from mailproof.config.load import parse_config
from mailproof.credentials import Credential
from mailproof.errors import ConfigError, UsageError

FULL = """\
[filters.spamassassin]
host = "::1"
user = "ada"
timeout = 5
[filters.rspamd]
url = "https://rspamd.acme.example/scan"
password = { env = "RSPAMD_PASSWORD" }
ca_file = "ca.pem"
max_size = 1000
"""


def test_the_table() -> None:
    filters = parse_config(FULL, Path("/etc/m.toml")).filters
    spamd, rspamd = filters.spamassassin, filters.rspamd
    assert spamd is not None
    assert (spamd.address, spamd.server, spamd.timeout) == (("::1", 783), "[::1]:783", 5)
    assert rspamd is not None
    assert rspamd.password == Credential("env", ("RSPAMD_PASSWORD",))
    assert (rspamd.ca_file, rspamd.max_size) == (Path("/etc/ca.pem"), 1000)


def test_empty_tables_are_the_usual_places() -> None:
    filters = parse_config("[filters.spamassassin]\n[filters.rspamd]\n", Path("m.toml")).filters
    assert filters == FilterSettings(SpamAssassinSettings(), RspamdSettings())
    assert filters.spamassassin is not None
    assert filters.spamassassin.server == "127.0.0.1:783"
    assert not Config().filters
    sockets = parse_config('[filters.spamassassin]\npath = "run/spamd.sock"\n', Path("/srv/m.toml")).filters
    assert sockets.spamassassin is not None
    assert sockets.spamassassin.server == "/srv/run/spamd.sock"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "[filters.spamassasin]",
            "m.toml:1:1: unknown key 'filters.spamassasin': did you mean 'spamassassin'?",
        ),
        (
            '[filters.spamassassin]\nhots = "x"',
            "m.toml:2:1: unknown key 'filters.spamassassin.hots': did you mean 'host'?",
        ),
        (
            '[filters.spamassassin]\nhost = "x"\npath = "/y"',
            "m.toml:3:1: 'path' can't be used with 'host' and 'port'",
        ),
        ('[filters.spamassassin]\nuser = "a\\nb"', "m.toml:2:1: 'user' contains a control character"),
        ('[filters.rspamd]\npassword = "hunter2"', "m.toml:2:1: passwords aren't allowed in this file"),
        (
            '[filters.rspamd]\nurl = "http://u:hunter2@h"',
            "m.toml:2:1: 'url' of Rspamd: a password is not allowed",
        ),
        ('[filters.rspamd]\nurl = "ftp://h"', "m.toml:2:1: 'url' of Rspamd: it must be like http://"),
        ('[filters.rspamd]\nurl = "http://h/?a"', "no ? or #"),
        ('[filters.rspamd]\nurl = "http://h:99999"', "it cannot be read"),
        ('[filters.rspamd]\nurl = "http://h/ x"', "such as a space"),
        ("filters = 3", "'filters' must be a table"),
        ('filters.rspamd = "x"', "'filters.rspamd' must be a table"),
        ("[filters.rspamd]\nmax_size = 0", "m.toml:2:1: 'filters.rspamd.max_size'"),
    ],
)
def test_faults_are_one_line(text: str, words: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_config(text, Path("m.toml"))
    assert words in str(error.value)
    assert "\n" not in str(error.value)
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize(
    ("place", "server"),
    [
        ("filter.acme.example", "filter.acme.example:783"),
        ("127.0.0.1:784", "127.0.0.1:784"),
        ("[::1]", "[::1]:783"),
        ("[::1]:784", "[::1]:784"),
        ("/run/spamd.sock", "/run/spamd.sock"),
        ("./spamd.sock", "spamd.sock"),
    ],
)
def test_spamassassin_option(place: str, server: str) -> None:
    base = FilterSettings(SpamAssassinSettings("other", 1, user="ada"), RspamdSettings())
    chosen = chosen_filters(base, place, None)
    assert chosen.spamassassin is not None
    assert (chosen.spamassassin.server, chosen.spamassassin.user) == (server, "ada")
    assert chosen.rspamd == base.rspamd


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://rspamd.acme.example", "https://rspamd.acme.example"),
        ("filter.acme.example", "http://filter.acme.example:11333"),
        ("127.0.0.1:11334", "http://127.0.0.1:11334"),
        ("[::1]", "http://[::1]:11333"),
    ],
)
def test_rspamd_option(text: str, url: str) -> None:
    chosen = chosen_filters(FilterSettings(), None, text)
    assert chosen == FilterSettings(rspamd=RspamdSettings(url))


def test_a_password_goes_to_the_server_it_was_configured_for_alone() -> None:
    base = FilterSettings(rspamd=RspamdSettings("http://a:1", Credential("env", ("X",)), timeout=3))
    assert chosen_filters(base, None, "http://a:1") == base
    assert chosen_filters(base, None, "http://b:1").rspamd == RspamdSettings("http://b:1", timeout=3)


@pytest.mark.parametrize(
    ("spamd", "rspamd", "words"),
    [
        ("", None, "--spamassassin names no server"),
        ("h:0", None, "the port must be a number from 1 to 65535"),
        ("h:x", None, "the port must be a number from 1 to 65535"),
        (None, "", "--rspamd names no server"),
        (None, "h:x", "the port must be a number"),
        (None, "ftp://h", "--rspamd: it must be like"),
        (None, "http://u:p@h", "a password is not allowed in it"),
    ],
)
def test_bad_options_are_one_line(spamd: str | None, rspamd: str | None, words: str) -> None:
    with pytest.raises(UsageError) as error:
        chosen_filters(FilterSettings(), spamd, rspamd)
    assert words in str(error.value)
    assert "\n" not in str(error.value)
