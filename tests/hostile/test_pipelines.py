"""Servers and zones whose texts contain CI runner commands: no output passes them on."""

from __future__ import annotations

import asyncio
import contextlib
import html
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproof.cli.streams import complain, note
from mailproof.dns import SnapshotResolver
from mailproof.render.bulk_html import render_sums_html
from mailproof.render.csv import cells
from mailproof.render.formats import FORMATS, Format
from mailproof.render.formats import GITHUB as GITHUB_FORMAT
from mailproof.render.sums import Sums
from mailproof.runners import IN_JSON, IN_TEXT, IN_XML, disarmed
from tests.fuzz.test_fuzz_output import COLOUR
from tests.support.cli import mailproof
from tests.support.echoing import EchoingSmtp
from tests.support.mail_servers import talking
from tests.support.process import started
from tests.support.runner import orders, read

#: A PDF is the page of ``html``, compressed by a browser.
TEXTS = tuple(each for each in FORMATS if not each.printed)
#: Hostile texts: at the start of a line, inside one, or after a character that some take for a line end.
ORDERS = (
    "::error::pwned",
    "::error file=a,line=1::pwned",
    "::ERROR::pwned",
    "::set-output name=a::b",
    "::add-mask::x",
    "::stop-commands::resume",
    "::endgroup::",
    "##[error]pwned",
    "##[group]pwned",
    "##[set-env name=PATH;]/tmp",
    "###[error]pwned",
    "##vso[task.setvariable variable=PATH]/tmp",
    "##VSO[task.complete result=Succeeded]done",
    "##teamcity[setParameter name='a' value='b']",
    "##\u200bvso[task.logissue type=error]x",
    ":\u00ad:error::pwned",
    "#\ufe0f#[error]pwned",
)
BEFORE = (
    "",
    " ",
    "text ",
    "\r",
    "\n",
    "\x0b",
    "\x0c",
    "\x1b[0m",
    "\x85",
    "\u2028",
    "\u00a0",
    "\u3000",
    ":",
    "#",
)


READ_AS: dict[str, Callable[[str], str]] = {
    IN_JSON: lambda text: str(json.loads(f'"{text}"')),
    IN_XML: html.unescape,
    IN_TEXT: lambda text: re.sub(r"\\(\d\d\d)", lambda found: chr(int(found[1])), text),
}


def hostile(order: str) -> list[str]:
    return [f"{before}{order}" for before in BEFORE]


def test_the_reference_sees_orders() -> None:
    """Shows that the tests can detect a command."""
    for order in ORDERS:
        assert orders(f"fine\n{order}\nfine"), order
    for before in ("", " ", "text\r", "\r", "\n", "\u00a0"):
        assert orders(f"{before}::error::x"), before
        assert orders(f"a {before}##vso[task.complete]x"), before
    assert not orders("text ::error::x\n2001:db8::1\nfe80::abcd::\n# [error]\n::notacommand::x\n")


@pytest.mark.parametrize("form", [IN_JSON, IN_TEXT, IN_XML])
@pytest.mark.parametrize("order", ORDERS)
def test_an_order_is_disarmed_in_every_form(form: str, order: str) -> None:
    for text in hostile(order):
        assert not orders(disarmed(text, form)), text
    assert READ_AS[form](disarmed(order, form)) == order


@pytest.mark.parametrize(
    "text",
    [
        "2001:db8::1",
        "fe80::abcd",
        "::1",
        "::ffff:192.0.2.1",
        "dead::beef/32",
        "a:b",
        "# [x]",
        "## Title",
        "x[1]##",
    ],
)
def test_addresses_and_titles_stay_as_they_are(text: str) -> None:
    assert disarmed(text) == text


@pytest.mark.parametrize(
    "order", ["#\x1b[1m#vso[x]y", "##v\x1b[0mso[x]y", ":\x1b[0m:error::x", "::e\x1b[0mrror::x"]
)
def test_our_colours_within_an_order_do_not_arm_it(order: str) -> None:
    assert not orders(COLOUR.sub("", disarmed(order)))


@given(st.text(alphabet="::::##[]vsoerror \r\n\u200b\u00ad-_a1f", max_size=40))
def test_no_text_gives_an_order(text: str) -> None:
    for form in (IN_JSON, IN_TEXT, IN_XML):
        assert not orders(disarmed(text, form))
    assert json.loads(disarmed(json.dumps(text), IN_JSON)) == text


def unannotated(text: str, form: Format) -> str:
    """The text without the commands that the github format writes deliberately; their contents stay."""
    if form is not GITHUB_FORMAT:
        return text
    return re.sub(r"^::(?:error|warning|notice) [^:\r\n]*::", "annotation ", text, flags=re.MULTILINE)


def zone(order: str) -> str:
    """A healthy zone with the command in records of all types."""
    text = "".join(
        f"\\{byte:03d}" if not 0x20 < byte < 0x7F or byte in b'"\\' else chr(byte) for byte in order.encode()
    )
    return f"""\
$ORIGIN acme.example.
@ 60 IN TXT "v=spf1 include:{text} {text} ~all"
@ 60 IN TXT "{text}"
@ 60 IN TXT "v=spf1 a"
@ 60 IN MX 10 mail
mail 60 IN A 192.0.2.25
_dmarc 60 IN TXT "v=DMARC1; p={text}; rua=mailto:{text}; {text}"
s._domainkey 60 IN TXT "v=DKIM1; k={text}; p={text}; n={text}"
_mta-sts 60 IN TXT "v=STSv1; id={text}"
_smtp._tls 60 IN TXT "v=TLSRPTv1; rua={text}"
default._bimi 60 IN TXT "v=BIMI1; l={text}"
"""


GITHUB = {"GITHUB_ACTIONS": "true", "CI": "true"}
OTHERS = {"TF_BUILD": "True", "GITLAB_CI": "true", "CI": "true"}


@pytest.mark.parametrize(
    ("order", "environment"),
    [*((order, GITHUB) for order in ORDERS[::9]), (ORDERS[0], OTHERS), (ORDERS[11], {})],
)
def test_a_zone_gives_no_order(order: str, environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "acme.zone").write_text(zone(order))
    outputs: list[str] = []
    for form in TEXTS:
        file = tmp_path / f"out.{form.name}"
        run = mailproof(
            *("audit", "acme.example", "--zone", str(tmp_path / "acme.zone"), "--offline", "--selector", "s"),
            *("-v", "-f", form.name, "-o", f"{form.name}:{file}", "--record", str(tmp_path / "recording")),
            *("--fix-zone", str(tmp_path / "fixes.zone")),
            environment=environment,
        )
        assert run.code in (1, 3), run.err
        outputs += [unannotated(each, form) for each in (run.out, run.err, file.read_text())]
        if form.name == "json":
            assert json.dumps(order)[1:-1] in json.dumps(json.loads(run.out))  # decoded, as in the zone
        if form.name == "svg":
            ElementTree.fromstring(run.out)
    recording, fixes = (tmp_path / "recording").read_text(), (tmp_path / "fixes.zone").read_text()
    for output in (*outputs, recording, fixes):
        assert not orders(output), output
        assert read(output).listening
    assert SnapshotResolver.load(tmp_path / "recording").snapshot.answers
    enclosed = outputs[0].startswith("::stop-commands::")
    assert enclosed == (environment is GITHUB)


@pytest.mark.parametrize("order", ORDERS)
def test_tables_of_many_give_no_order(order: str) -> None:
    page = render_sums_html(Sums("3 messages verified", "", (), (("Senders", [(order, 3, 1.0)]),)))
    for output in (page, *cells([order])):
        assert not orders(output), output


@pytest.mark.parametrize("form", ["text", "jsonl"])
def test_a_watched_domain_gives_no_order(form: str, tmp_path: Path) -> None:
    file = tmp_path / "acme.zone"
    shown = []
    for host in ("mail", "##vso[task.complete]x"):
        file.write_text(f"$ORIGIN acme.example.\n@ 60 IN MX 10 {host}\n")
        options = ("--zone", str(file), "--offline", "--once", "--state", str(tmp_path / "s.db"))
        run = mailproof("watch", "acme.example", *options, "--alert-after", "1", "-f", form)
        assert not orders(run.out + run.err), run.out
        shown.append(run.out)
    assert "vso[task.complete]x" in shown[1]


@pytest.mark.parametrize("order", ORDERS[::6])
async def test_a_mail_server_gives_no_order(order: str, tmp_path: Path) -> None:
    (tmp_path / "acme.zone").write_text("$ORIGIN acme.example.\n@ 60 IN MX 0 .\n")
    says = {
        "greeting": (f"220 {order}",),
        "EHLO": (f"250-{order}", f"250 {order}"),
        "RCPT": (f"550 {order}",),
    }
    async with talking(EchoingSmtp(says).talk) as port:
        options = (
            *("--smtp", f"127.0.0.1:{port}", "--smtp-security", "plain", "--from", "a@acme.example"),
            *("--to", "b@r.example", "--zone", str(tmp_path / "acme.zone"), "--offline", "-vv"),
        )
        for form in TEXTS:
            run = await asyncio.to_thread(
                mailproof, "probe", *options, "-f", form.name, environment=GITHUB, columns=60
            )
            assert run.code in (1, 3), run.err
            for output in (unannotated(run.out, form), run.err):
                assert not orders(output), output
                assert read(output).listening


@pytest.mark.parametrize("order", ORDERS)
def test_an_error_gives_no_order(
    order: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for environment in ("", "true"):
        monkeypatch.setenv("GITHUB_ACTIONS", environment)
        for text in hostile(order):
            complain(text)
            note(f"first\n{text}\nlast")
    told = capsys.readouterr().err
    assert not orders(told), told
    assert read(told).listening


def test_what_is_asked_for_gives_no_order() -> None:
    """Arguments and bounces are quoted in messages, and in the output of explain."""
    for order in ORDERS:
        for arguments in (("audit", order), ("explain", order), ("explain", f"550 5.7.1 {order}")):
            run = mailproof(*arguments, environment=GITHUB)
            assert not orders(run.out + run.err), run.out + run.err
            assert read(run.out).listening
            assert read(run.err).listening


def test_text_on_github_is_enclosed_by_a_token_that_nobody_knows() -> None:
    tokens = set()
    for _ in range(3):
        out = mailproof("explain", "SPF003", environment=GITHUB).out.splitlines()
        assert out[0].startswith("::stop-commands::")
        token = out[0].rpartition("::")[2]
        assert len(token) == 32
        assert out[-1] == f"::{token}::"
        tokens.add(token)
    assert len(tokens) == 3


def test_json_on_github_is_json_alone() -> None:
    run = mailproof("rules", "-f", "json", environment=GITHUB)
    assert json.loads(run.out)
    assert "stop-commands" not in run.out


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_the_runner_listens_again_after_an_interruption_within_a_report(number: signal.Signals) -> None:
    """A pipe without a reader fills up in the middle of the text: the process ends there."""
    script = (
        "from mailproof.cli import interrupts\n"
        "interrupts.guard()\n"
        "from mailproof.cli.writing import write_page\n"
        "import sys\n"
        "sys.stderr.write('writing\\n')\n"
        "sys.stderr.flush()\n"
        "write_page('a line of a report\\n' * 100_000)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **GITHUB},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stderr.readline() == "writing\n"
    begun = process.stdout.readline()  # from here on it is writing the text
    while process.poll() is None:  # a signal just before a blocking system call is handled after it
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.5)
    out, err = process.stdout.read(), process.stderr.read()
    process.stdout.close()
    process.stderr.close()
    assert process.returncode == 130
    assert begun.startswith("::stop-commands::")
    assert not read(begun + out).listening  # standard output alone does not end it
    assert read(begun + out + "\n" + err).listening
    assert err.endswith("mailproof: interrupted\n")


def test_the_runner_listens_again_where_the_reader_went_away() -> None:
    with started("rules", environment=GITHUB) as process:
        assert process.stdout is not None
        process.stdout.close()
        process.wait(30)
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
