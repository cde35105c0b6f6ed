"""Completion in real shells: pressing Tab in bash, and the words that zsh and fish receive."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.tools import debian

BIN = Path(sys.executable).parent
CONFIG = """[[domains]]
name = "acme.example"

[environments.staging]
offline = true

[profiles.office.submit]
host = "127.0.0.1"

[profiles.office.message]
from = "ada@acme.example"
to = "bo@acme.example"
"""
#: The line before Tab -> the completed word.
COMPLETED = {
    "mailproof expl": "explain",
    "mailproof explain SPF03": "SPF030 SPF031 SPF032 SPF033 SPF034 SPF035 SPF036 SPF037 SPF038 SPF039",
    "mailproof audit acme.example --select no-such": "",
    "mailproof explain exp00": "exp001 exp002 exp003 exp004 exp005 exp006 exp007",
    "mailproof audit acme.example --receiver gm": "gmail",
    "mailproof audit acme.example --profile rec": "receiving-only",
    "mailproof audit acme.example -f sar": "sarif",
    "mailproof check ac": "acme.example",
    "mailproof check --environment st": "staging",
    "mailproof probe of": "office",
    "mailproof demo --scenario unaligned": "unaligned-esp",
    "mailproof rules mta": "mta_sts",
}


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mailproof.toml").write_text(CONFIG)
    (tmp_path / "acme.eml").write_text("Subject: x\n\n")
    return {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "MAILPROOF_CONFIG": str(tmp_path / "mailproof.toml"),
        "TERM": "dumb",
        "LC_ALL": "C.UTF-8",
    }


def script(shell: str, environment: dict[str, str]) -> str:
    """The output of ``--show-completion`` in that shell."""
    asked = {**environment, "_MAILPROOF_COMPLETE": f"source_{shell}"}
    return subprocess.run(["mailproof"], env=asked, capture_output=True, text=True, check=True).stdout


def test_bash_is_given_the_words(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "complete.bash").write_text(script("bash", environment))
    asks = [
        f"COMP_WORDS=({line}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); "
        '_mailproof_completion mailproof; echo "${COMPREPLY[*]}"'
        for line in COMPLETED
    ]
    text = "\n".join(["source complete.bash", *asks])
    done = subprocess.run(["bash", "-c", text], env=environment, capture_output=True, text=True, check=False)
    found = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert dict(zip(COMPLETED, found, strict=True)) == COMPLETED
    assert done.stderr == ""


def test_tab_in_bash_completes_a_word_and_else_a_file(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "complete.bash").write_text(script("bash", environment))
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], environment)
    try:
        type_in(terminal, "source complete.bash\n")
        # Ctrl-A and a prefix, so that the completed line is printed instead of run.
        type_in(terminal, "mailproof demo --scenario unali\t", "unaligned-esp")
        type_in(terminal, "\x01echo =\n", "=mailproof demo --scenario unaligned-esp")
        type_in(terminal, "mailproof verify acm\t", "acme.eml")
        type_in(terminal, "\x01echo =\n", "=mailproof verify acme.eml")
    finally:
        os.close(terminal)
        os.waitpid(child, 0)


def type_in(terminal: int, keys: str, awaited: str = "") -> None:
    """Type ``keys``, and read until ``awaited`` is shown (30 seconds at most)."""
    os.write(terminal, keys.encode())
    shown, end = "", time.monotonic() + 120
    while awaited and awaited not in shown:
        assert time.monotonic() < end, shown
        if select.select([terminal], [], [], 0.5)[0]:
            shown += os.read(terminal, 4096).decode(errors="replace")


def test_fish_completes_the_words(environment: dict[str, str], tmp_path: Path) -> None:
    fish = debian("/usr/bin/fish", "fish")
    (tmp_path / "complete.fish").write_text(script("fish", environment))
    lines = [line for line in COMPLETED if COMPLETED[line]][:3]
    asks = "\n".join(f"complete -C '{line}' | string join ' '" for line in lines)
    done = subprocess.run(
        [fish, "--no-config", "-c", f"source complete.fish\n{asks}"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    found = [line.replace("\t", " ").split() for line in done.stdout.splitlines()]
    assert len(found) == len(lines), done.stdout + done.stderr
    assert [set(COMPLETED[line].split()) - set(words) for line, words in zip(lines, found, strict=True)] == [
        set()
    ] * len(lines)


def test_zsh_is_given_the_words(environment: dict[str, str], tmp_path: Path) -> None:
    """Without zsh's line editor there is no completion: the words its script requests are printed instead."""
    zsh = debian("/usr/bin/zsh", "zsh")
    (tmp_path / "complete.zsh").write_text(script("zsh", environment))
    text = """
compdef() { }
_arguments() { print -r -- "$*" }
_files() { print -r -- FILES }
source complete.zsh
for line in "mailproof explain SPF03" "mailproof demo --scenario unaligned" "mailproof verify acm"; do
  words=(${=line}) CURRENT=${#words}
  _mailproof_completion
done
"""
    done = subprocess.run(
        [zsh, "-f", "-c", text], env=environment, capture_output=True, text=True, check=False
    )
    rules, scenario, files = done.stdout.splitlines()
    assert "SPF038" in rules
    assert "unaligned-esp" in scenario
    assert files == "FILES"


def test_zsh_runs_nothing_that_a_file_is_called(environment: dict[str, str], tmp_path: Path) -> None:
    """Its ``_arguments`` evaluates the words, as here."""
    zsh = debian("/usr/bin/zsh", "zsh")
    (tmp_path / "complete.zsh").write_text(script("zsh", environment))
    for name in (r"\$(touch ran)", r"\`touch ran`", "a\n$(touch ran)", "plain.zone"):
        (tmp_path / name).touch()
    text = r"""
compdef() { }
_arguments() { local action=${1#*: :}; eval ws\=\( ${action[3,-3]} \); print -r -- $ws }
source complete.zsh
words=(mailproof diff "") CURRENT=3
_mailproof_completion
"""
    done = subprocess.run(
        [zsh, "-f", "-c", text], env=environment, capture_output=True, text=True, check=False
    )
    assert "plain.zone" in done.stdout, done.stderr
    assert not (tmp_path / "ran").exists()
