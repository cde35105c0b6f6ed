"""The configuration file: its contents, where it is found, and how errors in it are reported."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mailproof.config import Config, Credential, load_config
from mailproof.config.load import parse_config
from mailproof.errors import ConfigError

FIXTURES = Path(__file__).parents[3] / "fixtures" / "configs"
MESSAGE = '[profiles.a.message]\nfrom = "a@b.example"\nto = "c@d.example"\n'


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAILPROOF_CONFIG", raising=False)


def test_names_in_u_labels_are_those_in_a_labels() -> None:
    written = """selectors."Bücher.example" = ["s1"]
[[domains]]
name = "bücher.example"
selectors = ["s2"]
[environments.ci]
domains = ["xn--bcher-kva.example"]
"""
    config = parse_config(written, Path("mailproof.toml"))
    assert config.selectors_of("xn--bcher-kva.example") == ("s1", "s2")
    assert config.selectors_of("BÜCHER.example.") == ("s1", "s2")
    assert config.selectors_of("bucher.example") == ()
    assert [each.name for each in config.in_environment("ci").domains] == ["bücher.example"]


def test_a_domain_written_in_both_forms_is_there_twice() -> None:
    written = '[[domains]]\nname = "bücher.example"\n[[domains]]\nname = "xn--bcher-kva.example"\n'
    with pytest.raises(ConfigError, match="twice"):
        parse_config(written, Path("mailproof.toml"))


def test_full_file() -> None:
    config = load_config(FIXTURES / "full.toml")
    assert config.nameservers == ("127.0.0.1:5353",)
    assert config.timeout == 5
    assert config.fail_on == "warning"
    assert config.selectors_of("ACME.example.") == ("s1", "s2")
    assert config.ignore[0].expires == date(2027, 1, 31)
    profile = config.profile("default")
    assert (profile.submit.effective_port, profile.submit.effective_security) == (587, "starttls")
    assert profile.submit.password == Credential("env", ("ACME_SMTP_PASSWORD",))
    assert profile.submit.ca_file == FIXTURES / "ca.pem"
    assert profile.message.from_address == "Acme <news@acme.example>"
    assert profile.retrieve is not None
    assert profile.retrieve.password == Credential("command", ("pass", "show", "mail probe"))
    assert profile.retrieve.effective_port == 993
    tokens = config.profile("tokens")
    assert tokens.submit.effective_security == "tls"
    assert tokens.submit.verification == "off"
    assert tokens.submit.token == Credential("command", ("get-token", "--quiet"))


def test_search_goes_up_to_the_repository(tmp_path: Path) -> None:
    deep = tmp_path / "repo" / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "mailproof.toml").write_text('fail_on = "never"')
    assert load_config(None, deep).fail_on == "never"
    (tmp_path / "repo" / "pyproject.toml").write_text('[tool.mailproof]\nfail_on = "error"\n')
    assert load_config(None, deep).fail_on == "error"
    (tmp_path / "repo" / "a" / "mailproof.toml").write_text('fail_on = "warning"')
    assert load_config(None, deep).fail_on == "warning"
    (tmp_path / "repo" / "a" / "b" / ".git").mkdir()
    assert load_config(None, deep) == Config()


def test_environment_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.toml").write_text('fail_on = "never"')
    monkeypatch.setenv("MAILPROOF_CONFIG", str(tmp_path / "x.toml"))
    assert load_config().fail_on == "never"
    monkeypatch.setenv("MAILPROOF_CONFIG", str(tmp_path / "missing.toml"))
    with pytest.raises(ConfigError, match=r"missing\.toml: cannot be read"):
        load_config()


#: A profile that leaves the recipients open, and one recipient.
SUBMIT = '[profiles.a.submit]\nhost = "x"\n[profiles.a.message]\nfrom = "a@x"\n'
TO = '[[profiles.a.to]]\naddress = "b@x"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a = [1,\n", "m.toml:1:8: "),
        (
            '[audit]\nnameserver = ["x"]',
            "m.toml:2:1: unknown key 'audit.nameserver': did you mean 'nameservers'?",
        ),
        ("nameserver = 1", "m.toml:1:1: unknown key 'nameserver': did you mean 'nameservers'?"),
        (
            f'{MESSAGE}[profiles.a.submit]\nhots = "x"\n',
            "m.toml:5:1: unknown key 'profiles.a.submit.hots': did you mean 'host'?",
        ),
        (f"{MESSAGE}[profiles.a.submit]\nport = 1\n", "m.toml:4:1: 'profiles.a.submit.host' is missing"),
        (f'{MESSAGE}[profiles.a.submit]\nhost = "x"\nport = 70000\n', "m.toml:6:1: 'profiles.a.submit.port'"),
        (f'{MESSAGE}[profiles.a.submit]\nhost = "x"\nsecurity = "ssl"\n', "'starttls', 'tls' or 'plain'"),
        (f'{MESSAGE}[profiles.a.submit]\nhost = "x"\nusername = "u"\n', "needs a 'password' or a 'token'"),
        (
            f'{MESSAGE}[profiles.a.submit]\nhost = "x"\n[profiles.a.retrieve]\nkind = "maildir"\n',
            "needs 'path'",
        ),
        ('timeout = "soon"', "m.toml:1:1: 'timeout': input should be a number from 0.05 to 86400"),
        ('[audit]\ntimeout = "soon"', "m.toml:2:1: 'timeout': input should be a number from 0.05 to 86400"),
        ('[report]\n[audit]\nselectors = "s1"', "m.toml:3:1: 'selectors' must be a table"),
        ("timeout = nan", "m.toml:1:1: 'timeout': input should be a number from 0.05 to 86400"),
        ("select = [1]", "m.toml:1:1: 'select': input should be an array of strings, 1000 at most"),
        ("ignore = 3", "m.toml:1:1: 'ignore': input should be an array of tables: write [[ignore]]"),
        ('ignore = ["SPF"]', "'ignore': input should be an array of tables: write [[ignore]]"),
        ('severities.SPF001 = "low"', "'severities.SPF001': input should be 'error', 'warning' or 'info'"),
        ('selectors."a.example" = 1', "m.toml:1:1: 'selectors.a.example': input should be an array of str"),
        (f'{SUBMIT}[profiles.a]\nfrom = "b@x"\n', "unknown key 'profiles.a.from': known here: inbound"),
        ("filters = { rspamd = 3 }", "m.toml:1:13: 'filters.rspamd' must be a table"),
        ('[[ignore]]\nrule = "A"\nexpires = "soon"', "m.toml:3:1: 'ignore.expires': input should be a date"),
        (
            '[[ignore]]\nreason = "x"\n[[ignore]]\nrule = 3\nrul = "A"',
            "m.toml:5:1: unknown key 'ignore.rul': did you mean 'rule'? (and 2 more)",
        ),
        (
            f'{MESSAGE}[profiles.a.submit]\nhost = "x"\n[profiles.a.retrieve]\nkind = "smtp"\n',
            "m.toml:7:1: 'profiles.a.retrieve.kind': input should be 'imap', 'pop3', 'maildir', 'mbox', 'l",
        ),
        (
            f'{MESSAGE}[profiles.a.submit]\nhost = "x"\nallow_plaintext_auth = "yes"\n',
            "'profiles.a.submit.allow_plaintext_auth': input should be true or false",
        ),
        (
            '[profiles.a.submit]\nhost = "x"\n[profiles.a.message]\nfrom = "a@x"\n',
            "m.toml:3:1: 'profiles.a.message.to' is missing",
        ),
        (f'{SUBMIT}[[profiles.a.to]]\nreceiver = "x"\n', "'profiles.a.to.address' is missing"),
        (f'{SUBMIT}[profiles.a]\nto = "b@x"\n', "'profiles.a.to': input should be an array of tables"),
        (f'{SUBMIT}[[profiles.a.to]]\naddress = " "\n', "m.toml:6:1: the address of a recipient is empty"),
        (f"{SUBMIT}{TO}{TO}", "m.toml:8:1: the recipient b@x is named twice"),
        (
            f'{MESSAGE}[profiles.a.submit]\nhost = "x"\n{TO}',
            "m.toml:3:1: 'profiles.a.message.to' and [[profiles.a.to]] can't be used together",
        ),
        (
            f'{SUBMIT}{TO}[profiles.a.to.retrieve]\nkind = "maildir"\n',
            "m.toml:7:1: kind = 'maildir' needs 'path'",
        ),
        (
            f'{SUBMIT}{TO}[profiles.a.to.retrieve]\nkind = "imap"\nhots = "x"\n',
            "m.toml:9:1: unknown key 'profiles.a.to.retrieve.hots': did you mean 'host'?",
        ),
        (
            f'{SUBMIT}{TO}[[profiles.a.to]]\naddress = "c@x"\n'
            '[profiles.a]\nsend = "once"\n[profiles.a.retrieve]\nkind = "maildir"\npath = "m"\n',
            "two recipients share the mailbox ",
        ),
        ("profiles = 3", "'profiles' must be a table"),
        ("fail_on = 'error'\n[audit]\nfail_on = 'never'", "given twice: at the top and in [audit]"),
    ],
)
def test_faults_name_file_line_and_key(text: str, words: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_config(text, Path("m.toml"))
    assert words in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "value", ['"hunter2"', '{ env = "A", command = "hunter2" }', '{ value = "hunter2" }']
)
def test_literal_secrets_are_refused_and_not_repeated(value: str) -> None:
    text = f'{MESSAGE}[profiles.a.submit]\nhost = "x"\nusername = "u"\npassword = {value}\n'
    with pytest.raises(ConfigError) as error:
        parse_config(text, Path("m.toml"))
    assert "m.toml:7" in str(error.value)
    assert "hunter2" not in str(error.value)
    assert error.value.__cause__ is None


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("unknown_key", ":3:1: unknown key 'profiles.default.submit.usrname': did you mean 'username'?"),
        ("syntax_error", ":3:25: "),
        ("literal_password", ":4:1: passwords aren't allowed in this file"),
    ],
)
def test_broken_files(name: str, words: str) -> None:
    path = FIXTURES / f"{name}.toml"
    with pytest.raises(ConfigError) as error:
        load_config(path)
    assert str(error.value).startswith(f"{path}{words}")
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (
            'domain = "a.example"',
            ":2:1: unknown key 'domains.domain': did you mean 'name', which is missing?",
        ),
        ('subdomain = []\nnam = "a"', ":2:1: unknown key 'domains.subdomain': did you mean 'subdomains'?"),
        ('name = "a.example"\nselectors = ["s1", ""]', ":3:1: '' is not a valid selector"),
        ('name = "a.example"\nexpect.dkim.selectors = ["a b"]', ":3:1: 'a b' is not a valid selector"),
        ('name = "a.example"\n[audit.selectors]\n"b.example" = " "', ":4:1: ' ' is not a valid selector"),
    ],
)
def test_faults_of_a_domain(written: str, words: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_config(f"[[domains]]\n{written}\n", Path("m.toml"))
    assert str(error.value).startswith(f"m.toml{words}")


def test_unreadable_and_binary_files(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path)
    file = tmp_path / "b.toml"
    file.write_bytes(b"a = 1\n\xff\xfe")
    with pytest.raises(ConfigError, match=r"b\.toml:2: not UTF-8"):
        load_config(file)


def test_choosing_a_profile() -> None:
    config = load_config(FIXTURES / "full.toml")
    assert config.profile().name == "default"
    with pytest.raises(ConfigError, match="configured: default, tokens"):
        config.profile("nope")


def test_what_is_near_enough_is_taken() -> None:
    """Numbers in quotes and dates with a time are accepted."""
    text = f'{MESSAGE}[profiles.a.submit]\nhost = "x"\nport = "25"\ntimeout = 5\nca_file = "ca.pem"\n'
    submit = parse_config(text, Path("/etc/m.toml")).profile().submit
    assert (submit.port, submit.timeout, submit.ca_file) == (25, 5.0, Path("/etc/ca.pem"))
    for value, expires in (
        ("2027-01-31", date(2027, 1, 31)),
        ('"2027-01-31"', date(2027, 1, 31)),
        ("2027-01-31T10:00:00Z", datetime(2027, 1, 31, 10, tzinfo=UTC)),
    ):
        config = parse_config(f'[[ignore]]\nrule = "SPF003"\nexpires = {value}\n', Path("m.toml"))
        assert config.ignore[0].expires == expires
