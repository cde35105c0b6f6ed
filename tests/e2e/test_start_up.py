"""Start and end of the process: which modules are imported when, and which clean-up is skipped at exit."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest

from mailproof.checks import registry
from mailproof.cli.app import COMMANDS
from mailproof.cli.running import import_idly

#: Ends the process at its first query to a server, and prints which modules were imported by then.
AT_FIRST_QUESTION = """
import os, sys
from mailproof.cli import entry
def ask(*_args, **_named):
    os.write(1, " ".join(sys.modules).encode())
    os._exit(0)
import mailproof.cli.quick
from mailproof.dns.live.channel import Channel
Channel.ask = Channel.begin = ask
entry.main(["audit", "acme.example", "--nameserver", "127.0.0.1:9", *sys.argv[1:]])
"""


def loaded_at_first_question(*options: str) -> set[str]:
    command = [sys.executable, "-c", AT_FIRST_QUESTION, *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("options", [(), ("--no-connect",)])
def test_the_first_question_waits_for_no_rule_renderer_or_input(options: tuple[str, ...]) -> None:
    loaded = loaded_at_first_question(*options)
    late = (
        "rich",
        "mailproof.render.text",
        "mailproof.dns.inputs",
        "mailproof.dns.zone",
        "cryptography",
        "h11",
    )
    assert [name for name in late if name in loaded] == []
    assert loaded.isdisjoint(registry.modules("domain"))
    assert "mailproof.engine.fixes" not in loaded
    assert "mailproof.facts.dkim" not in loaded  # nor any other collector


async def test_idle_imports_take_a_turn_of_the_loop_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    names = [f"idly_{number}" for number in range(4)]
    for name in names:
        (tmp_path / f"{name}.py").write_text("", encoding="utf-8")
    (tmp_path / "idly_1.py").write_text("raise OSError(24, 'Too many open files')", encoding="utf-8")
    import_idly(names)
    seen = []
    for _ in range(20):
        await asyncio.sleep(0)
        seen.append(sum(name in sys.modules for name in names))
    assert seen[-1] == 3  # a module that fails here is imported where it is needed
    assert all(later - earlier <= 1 for earlier, later in pairwise(seen))
    for name in names:
        sys.modules.pop(name, None)


LOADED = """
import atexit, os, sys
from mailproof.cli.entry import main
atexit.register(lambda: os.write(2, " ".join(sys.modules).encode()))
main(sys.argv[1:])
"""
#: Unneeded imports would be most of a command's run time.
NOT_FOR_HELP = {
    "asyncio",
    "ssl",
    "msgspec",
    "pygments",
    "markdown_it",
    "attr",
    "rich.markdown",
    "rich.traceback",
}


def loaded_by(*arguments: str, **environment: str) -> set[str]:
    command = [sys.executable, "-c", LOADED, *arguments]
    variables = {**os.environ, **environment}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True, env=variables)
    assert done.stdout
    return set(done.stderr.split())


def test_the_help_makes_no_command_and_loads_no_work() -> None:
    loaded = loaded_by("--help")
    assert not NOT_FOR_HELP & loaded
    assert not {f"mailproof.cli.{name}" for name in COMMANDS} & loaded
    assert not NOT_FOR_HELP & loaded_by("audit", "--help")


def test_completion_makes_the_command_in_question_alone() -> None:
    words = {"COMP_WORDS": "mailproof ", "COMP_CWORD": "1", "_MAILPROOF_COMPLETE": "complete_bash"}
    names = loaded_by(**words)
    assert not {f"mailproof.cli.{name}" for name in COMMANDS} & names
    words |= {"COMP_WORDS": "mailproof audit --sel", "COMP_CWORD": "2"}
    options = loaded_by(**words)
    assert {f"mailproof.cli.{name}" for name in COMMANDS} & options == {"mailproof.cli.audit"}
    assert not {"asyncio", "ssl", "msgspec", "rich.console"} & options


def test_the_page_of_a_rule_loads_no_configuration() -> None:
    loaded = loaded_by("explain", "SPF003")
    assert (
        not {"asyncio", "ssl", "hashlib", "mailproof.config", "mailproof.engine", "mailproof.facts"} & loaded
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_says_of_a_command_what_it_says_itself(name: str) -> None:
    module = import_module(f"mailproof.cli.{name}")
    said = (getattr(module, "command", module).__doc__ or "").partition("\n")[0]
    assert COMMANDS[name] == said or hasattr(module, "COMMANDS")


AT_THE_END = """
import atexit, sys, tempfile
from mailproof.cli.entry import main
class Last:
    def __del__(self):
        print("freed")
kept = Last()
folder = tempfile.TemporaryDirectory()
print(folder.name)
atexit.register(print, "at exit")
main(sys.argv[1:])
"""


@pytest.mark.parametrize(("arguments", "code"), [(("--version",), 0), (("explain", "nothing known"), 2)])
def test_the_end_of_the_process(arguments: tuple[str, ...], code: int) -> None:
    """Output is flushed, temporary files are removed, exit handlers are called; memory is not freed."""
    command = [sys.executable, "-c", AT_THE_END, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    folder, *lines = done.stdout.splitlines()
    assert done.returncode == code
    assert not Path(folder).exists()
    assert lines[-1] == "at exit"
    assert "freed" not in lines
