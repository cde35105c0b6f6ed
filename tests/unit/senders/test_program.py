"""Programs as senders: their arguments and input, and every way in which they can fail."""

from __future__ import annotations

import asyncio
import gc
import os
import stat
import sys
import warnings
from pathlib import Path

import pytest

from mailproof.config import SubmitSettings
from mailproof.errors import UsageError
from mailproof.mail.senders import check_submission, sender_for
from mailproof.mail.senders.limits import MAX_PRINTED
from mailproof.model import ProgramSubmission, SenderKind

MESSAGE = b"From: a@acme.example\r\nSubject: x\r\n\r\n.dot\r\nbody\r\n"
FROM, TO = "a@acme.example", "b@receiver.example"


def program(folder: Path, body: str, kind: SenderKind = "sendmail", timeout: float = 5.0) -> SubmitSettings:
    path = folder / "program"
    path.write_text(f"#!{sys.executable}\nimport os, sys, time\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return SubmitSettings(kind=kind, program=(str(path),), timeout=timeout)


async def sent(settings: SubmitSettings, mail_from: str = FROM, to: str = TO) -> ProgramSubmission:
    facts = await (await sender_for(settings)).send(MESSAGE, mail_from, [to])
    assert isinstance(facts, ProgramSubmission)
    return facts


SAVE = """
open(os.path.join(os.path.dirname(sys.argv[0]), "in"), "wb").write(sys.stdin.buffer.read())
print(*sys.argv[1:], sep="|")
print(os.environ.get("MAILPROOF_MAIL_FROM"), os.environ.get("MAILPROOF_RECIPIENT"))
"""


async def test_sendmail_gets_the_envelope_as_arguments(tmp_path: Path) -> None:
    facts = await sent(program(tmp_path, SAVE), to="-oQ/tmp@receiver.example")
    assert facts.accepted, facts.dialogue
    assert (facts.kind, facts.exit_code, facts.in_doubt) == ("sendmail", 0, False)
    assert "S: -i|-f|a@acme.example|--|-oQ/tmp@receiver.example" in facts.dialogue
    assert (tmp_path / "in").read_bytes() == MESSAGE.replace(b"\r\n", b"\n")
    null = await sent(program(tmp_path, SAVE), mail_from="")
    assert "S: -i|-f|<>|--|b@receiver.example" in null.dialogue


@pytest.mark.parametrize("kind", ["sendmail", "command"])
async def test_its_configured_arguments_are_not_shown(kind: SenderKind, tmp_path: Path) -> None:
    settings = program(tmp_path, "sys.exit(1)", kind)
    words = (*settings.program, "--password", "canary")
    facts = await sent(SubmitSettings(kind=kind, program=words, timeout=5.0))
    ours = " -i -f a@acme.example -- b@receiver.example" if kind == "sendmail" else ""
    assert facts.dialogue[0] == f"C: {words[0]} …{ours}"
    assert "canary" not in repr(facts)


async def test_a_command_gets_no_arguments_of_ours(tmp_path: Path) -> None:
    settings = program(tmp_path, SAVE, "command")
    facts = await sent(
        SubmitSettings(kind="command", program=(*settings.program, "--flag", "$HOME; touch x"), timeout=5.0)
    )
    assert "S: --flag|$HOME; touch x" in facts.dialogue  # no shell
    assert f"S: {FROM} {TO}" in facts.dialogue
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("body", "kind", "reason", "code"),
    [
        ("sys.exit(75)", "deferred", "exit code 75", 75),
        ("print('no such user', file=sys.stderr); sys.exit(67)", "rejected", "exit code 67", 67),
        ("os.kill(os.getpid(), 9)", "rejected", "ended by signal 9", -9),
        ("sys.exit(1)  # reads nothing", "rejected", "exit code 1", 1),
    ],
)
async def test_what_a_program_ends_with(tmp_path: Path, body: str, kind: str, reason: str, code: int) -> None:
    facts = await sent(program(tmp_path, body))
    assert facts.failure is not None
    assert (facts.failure.kind, facts.failure.reason, facts.exit_code) == (kind, reason, code)
    assert not facts.accepted
    assert not facts.in_doubt


async def test_what_it_prints_is_bounded(tmp_path: Path) -> None:
    facts = await sent(program(tmp_path, "sys.stdin.read(); sys.stdout.write('x' * 3_000_000)"))
    assert facts.accepted
    assert sum(map(len, facts.dialogue)) < MAX_PRINTED


async def test_one_that_does_not_end_is_stopped_with_its_children(tmp_path: Path) -> None:
    body = f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); os.system('sleep 60')"
    facts = await sent(program(tmp_path, body, timeout=1.0))
    assert facts.in_doubt
    assert facts.failure is not None
    assert facts.failure.kind == "timeout"
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


async def test_what_no_one_reads_is_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child of the program keeps its input open without reading it."""
    monkeypatch.setitem(globals(), "MESSAGE", MESSAGE + b"a line of the body\r\n" * 20_000)
    body = "import subprocess\nsubprocess.Popen(['sleep', '3'])\nos._exit(0)"
    with warnings.catch_warnings(record=True) as unclosed:
        warnings.simplefilter("always", ResourceWarning)
        facts = await sent(program(tmp_path, body, timeout=0.5))
        gc.collect()
    assert facts.in_doubt
    assert [each for each in unclosed if "Pipe" in str(each.message)] == []


async def test_one_that_is_not_there(tmp_path: Path) -> None:
    settings = SubmitSettings(kind="sendmail", program=(str(tmp_path / "none"),))
    facts = await sent(settings)
    assert facts.failure is not None
    assert facts.failure.kind == "local"
    assert "could not be started: No such file" in facts.failure.reason
    assert "does not exist" in await check_submission(settings)
    with pytest.raises(UsageError, match="no dry run"):
        await (await sender_for(settings)).dry_run(MESSAGE, FROM, [TO])


async def test_an_interruption_while_it_starts_leaves_it_in_doubt(tmp_path: Path) -> None:
    """It may already be running before asyncio reports it."""
    for turns in range(1, 6):
        sender = await sender_for(program(tmp_path, "time.sleep(60)", timeout=30.0))
        task = asyncio.create_task(sender.send(MESSAGE, FROM, [TO]))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert sender.facts is not None
        assert sender.facts.in_doubt


async def test_an_interruption_stops_it(tmp_path: Path) -> None:
    body = f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    sender = await sender_for(program(tmp_path, body, timeout=30.0))
    task = asyncio.create_task(sender.send(MESSAGE, FROM, [TO]))
    for _ in range(1500):
        await asyncio.sleep(0.02)
        if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text():
            break
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sender.facts is not None
    assert sender.facts.in_doubt
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
