"""./run matrix: its plan, what counts as failed, and that no failure goes unnoticed."""

from __future__ import annotations

import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from tests.matrix.__main__ import Outcome, _summary, main
from tests.matrix.few import MOST_S, few
from tests.matrix.job import DEMO_BEGINS, FEW, Failed, demo, difference, row, step
from tests.matrix.targets import FAST, ROOT, ROW, Machine, Target, interpreter, plan, supported
from tests.mutation.recorded import Recorded

HERE = {"3.11": "/a/python3.11", "3.12": "/a/python3.12", "3.13": "/a/python3.13", "3.14": ""}
PLAIN = Machine("3.11", HERE, "mmdebstrap needs root")
ROOTED = Machine("3.11", HERE)


def _names(targets: tuple[Target, ...], *, tests: bool) -> list[str]:
    return [target.name for target in targets if target.tests is tests and not target.lacking]


def test_tests_of_a_version_run_once() -> None:
    """3.11 is left to ./run test; 3.13 gets the newest dependencies, 3.12 the lowest; 3.14 is only in sid."""
    targets = plan(ROOTED)
    assert _names(targets, tests=True) == ["sid", "newest", "lowest"]
    assert _names(targets, tests=False) == ["trixie", "bookworm"]
    assert {each.name: each.python for each in targets if each.kind == "dependencies"} == {
        "newest": "/a/python3.13",
        "lowest": "/a/python3.12",
    }


def test_what_cannot_be_had_says_why() -> None:
    lacking = {target.name: target.lacking for target in plan(PLAIN) if target.lacking}
    assert set(lacking) == {"sid", "trixie", "bookworm", "3.14"}
    assert lacking["sid"] == "mmdebstrap needs root"
    assert lacking["3.14"] == "no python3.14 on PATH or under pyenv's versions"


def test_without_uv_the_versions_are_tested_with_the_lock() -> None:
    targets = plan(Machine("3.11", HERE, no_uv="no uv: pip install uv"))
    assert _names(targets, tests=True) == ["sid", "3.12", "3.13"]
    assert {target.name for target in targets if target.lacking} == {"newest", "lowest"}


def test_full_and_names_test_everywhere() -> None:
    assert _names(plan(ROOTED, full=True), tests=False) == []
    assert [target.name for target in plan(ROOTED, ("3.13",))] == ["trixie", "3.13"]
    assert [target.name for target in plan(ROOTED, ("testing", "lowest"))] == ["testing", "lowest"]


def test_one_interpreter_alone() -> None:
    targets = plan(Machine("3.12", {"3.11": "", "3.12": sys.executable}, "no mmdebstrap"))
    assert _names(targets, tests=True) == ["newest", "lowest"]


def _test(name: str, blocks: str, seconds: float = 0.01, others: float = 0, once: bool = False) -> Recorded:
    return Recorded(f"tests/unit/{name}", once, seconds, others, list(blocks))


def test_a_row_takes_few_tests_that_enter_everything() -> None:
    tests = [
        _test("a.py::long", "abcdef", seconds=9),
        _test("a.py::short", "abc"),
        _test("a.py::shorter", "ab", seconds=0.009),
        _test("b.py::d", "d"),
        _test("b.py::and_e", "de"),
        _test("b.py::elsewhere", "g", once=True),
        _test("c.py::starts", "", others=0.3),
        _test("c.py::starts_too", "", others=0.3),
    ]
    tests.append(replace(tests[1], name="tests/fuzz/f.py::fuzz", blocks=["h"]))
    names = [name.removeprefix("tests/unit/") for name in few(tests)]
    assert names == ["c.py::starts", "a.py::short", "b.py::and_e", "a.py::long"]
    assert few([]) == []


def test_what_a_row_takes_is_bounded() -> None:
    tests = [_test(f"a.py::{letter}", letter, seconds=MOST_S / 4) for letter in "abcdefgh"]
    assert len(few(tests)) == 3  # a fourth would exceed it by the overhead per test


def test_what_a_row_gives_to_pytest(tmp_path: Path) -> None:
    assert row(tmp_path) == (*ROW, *FAST)
    (tmp_path / FEW).write_text("tests/unit/b.py::two[x::y]\ntests/unit/a.py::one\ntests/unit/b.py::three")
    assert row(tmp_path) == (*ROW, "--named-in", FEW, "tests/unit/a.py", "tests/unit/b.py")


def test_versions_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["requires-python"] == f">={supported()[0]}"
    assert supported() == ("3.11", "3.12", "3.13", "3.14")
    own = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert interpreter(own) == sys.executable
    assert interpreter("3.1") == ""


def test_what_differs_from_the_lock() -> None:
    lock = (ROOT / "requirements" / "dev.txt").read_text("utf-8")
    version = lock.partition("\ndnspython==")[2].split()[0]
    assert difference(ROOT, f"dnspython=={version}\nunknown-thing==1\n") == ()
    assert difference(ROOT, "dnspython==99.1\n") == (f"dnspython 99.1 (lock: {version})",)
    assert difference(ROOT, "PyYAML==99.1\n")[0].startswith("pyyaml 99.1")


def test_a_step_that_fails_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    closing = "print('=== 1 failed, 5 passed in 2.00s ==='); raise SystemExit(1)"
    with pytest.raises(Failed, match="tests: 1 failed, 5 passed, exit code 1"):
        step("tests", [sys.executable, "-c", closing])
    step("tests as user", [sys.executable, "-c", "print('=== 5 passed, 1 skipped in 2.00s ===')"])
    assert capsys.readouterr().out.startswith("tests as user 5 passed, 1 skipped (")


def test_the_demo_has_standard_output_to_itself() -> None:
    demo("demo", [sys.executable, "-c", f"print({DEMO_BEGINS!r})"])
    with pytest.raises(Failed, match="standard output begins with 'Reading package lists"):
        demo("demo", [sys.executable, "-c", f"print('Reading package lists...'); print({DEMO_BEGINS!r})"])


@pytest.mark.parametrize(
    ("words", "code"),
    [(("passed",), 0), (("passed", "skipped"), 0), (("passed", "failed"), 1), (("skipped",), 1)],
)
def test_what_failed_fails_the_run(
    words: tuple[str, ...], code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log"
    log.write_text("why it failed\n")
    target = Target("3.12", "interpreter", "3.12")
    outcomes = [Outcome(target, word, ["Python 3.12.1"], log) for word in words]
    assert _summary(outcomes, supported()) == code
    out = capsys.readouterr().out
    assert out.count("why it failed") == len(words) - words.count("passed")
    assert ("3.12: NOT TESTED" in out) is ("passed" not in words and sys.version_info[:2] != (3, 12))


def test_unknown_names_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["3.12", "nonsuch"]) == 2
    assert "Known here: 3.11" in capsys.readouterr().err
