"""The README and the guides show what the commands print; docs/readme.py regenerates it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from docs.readme import BLOCK, GUIDES, README, folder, renewed

from mailproof.cli.app import app
from tests.support.cli import mailproof

ROOT = Path(__file__).resolve().parents[2]


def counted(text: str) -> str:
    """The text without the number of passed checks, which each new rule changes."""
    return re.sub(r"\b\d+ checks passed", "… checks passed", text)


def run(arguments: list[str]) -> tuple[str, int]:
    done = mailproof(*arguments)
    return done.out, done.code


@pytest.mark.parametrize(
    "block", [*BLOCK.finditer(README.read_text("utf-8"))], ids=lambda block: block[1][:40]
)
def test_example(block: re.Match[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert counted(renewed(block[0], run)) == counted(block[0])


def test_there_are_examples() -> None:
    assert len(BLOCK.findall(README.read_text("utf-8"))) >= 4


def test_every_linked_file_is_there() -> None:
    text = README.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_guide(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = path.read_text("utf-8")
    assert len(BLOCK.findall(text)) == text.count("```console") > 0
    with folder(text) as where:
        monkeypatch.chdir(where)
        assert counted(renewed(text, run)) == counted(text)
        monkeypatch.chdir(ROOT)


def commands(text: str) -> Iterator[str]:
    """The commands that a page shows: in blocks and in code spans."""
    blocks = re.findall(r"^```\w*\n(.*?)^```|((?:^    [^\n]*\n)+)", text, re.MULTILINE | re.DOTALL)
    for block in ("".join(both) for both in blocks):
        begin = r"^ *(?:\$ |- (?:run: |script: )?|[^#\n]*[|'] ?(?:\S*/)?)?"
        yield from re.findall(rf"{begin}mailproof ([a-z].*?)(?: +#.*| +[;|].*|')?$", block, re.MULTILINE)
    spans = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from re.findall(r"(?<!`)`mailproof ([^`]+)`(?!`)", re.sub(r"\s+", " ", spans))


def test_commands_are_found_wherever_they_are() -> None:
    text = "```sh\nmailproof a b   # why\ncat x | mailproof c\n```\nUse `mailproof d\n--e`.\n"
    text += "```yaml\n- run: mailproof f\n  - script: mailproof g\n  - sh 'bin/mailproof h -i'\n```\n"
    text += "```\nmailproof version 1 wrote this file.\n```\n\n    mailproof j -k\n    mailproof l <(m)\n"
    assert list(commands(text)) == [
        "a b",
        "c",
        "f",
        "g",
        "h -i",
        "version 1 wrote this file.",
        "j -k",
        "l <(m)",
        "d --e",
    ]


PAGES = [path for path in (ROOT / "docs").glob("*.md") if path.name != "commands.md"]


@pytest.mark.parametrize("path", [README, *GUIDES, *sorted(PAGES)], ids=lambda path: path.name)
def test_commands_have_these_options(path: Path) -> None:
    for line in commands(path.read_text("utf-8")):
        parse(line)


@pytest.mark.parametrize(
    ("line", "said"), [("audit a.example --no-such", "No such option"), ("verify --trust", "argument")]
)
def test_an_option_that_is_not_there_is_noticed(line: str, said: str) -> None:
    with pytest.raises(Exception) as raised:
        parse(line)
    assert said in raised.value.format_message()  # type: ignore[attr-defined]


def parse(line: str) -> None:
    """Parse the line as the command line does, without running it."""
    group = typer.main.get_command(app)
    context = group.make_context("mailproof", [], resilient_parsing=True)
    name, *arguments = shlex.split(line.replace("…", "").partition(" <")[0])
    if name.startswith("-"):  # an option of mailproof itself
        return
    command = group.get_command(context, name)  # type: ignore[attr-defined]
    assert command is not None, line
    inner = command.make_context(name, [], parent=context, resilient_parsing=True)
    if arguments and hasattr(command, "commands"):
        command = command.commands[arguments.pop(0)]
        inner = command.make_context(name, [], parent=inner, resilient_parsing=True)
    inner.resilient_parsing = False
    command.make_parser(inner).parse_args(arguments)
