"""A pytest plugin that records which tests enter which blocks: ``pytest -p tests.mutation.record``.

When modules are imported, the blocks of mutated functions get a first statement that records them. It adds
a tenth to the time of the tests, and works in threads and on every Python. More is recorded
than is mutated: ``./run matrix --recorded`` runs few tests that enter all of it.
"""

from __future__ import annotations

import ast
import builtins
import importlib.abc
import importlib.machinery
import json
import os
import resource
import sys
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import pytest

from tests.mutation.mutants import SOURCE, blocks, start
from tests.mutation.recorded import FOLDER

NOTE = "__mutation_note__"

#: The names of this process's blocks; a test's blocks are written as indexes into it.
names: list[str] = []
entered: set[int] = set()


class Noting(importlib.machinery.SourceFileLoader):
    """Loads a module whose blocks record that they were entered."""

    def get_code(self, fullname: str) -> CodeType:
        path = Path(self.path)
        tree = ast.parse(path.read_bytes())
        where = str(path.relative_to(SOURCE))
        for block in list(blocks(tree)):
            key = ast.Constant(len(names))
            names.append(f"{where}:{start(block)}")
            note = ast.Expr(ast.Call(ast.Name(NOTE, ast.Load()), [key], []))
            first = block[0]
            is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            block.insert(1 if is_text else 0, ast.copy_location(note, first))
        code: CodeType = compile(ast.fix_missing_locations(tree), self.path, "exec")
        return code


class Finder(importlib.abc.MetaPathFinder):
    def __init__(self) -> None:
        self.files = set(SOURCE.rglob("*.py"))

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not name.startswith("mailproof."):
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is None or spec.origin is None or Path(spec.origin) not in self.files:
            return None
        spec.loader = Noting(name, spec.origin)
        return spec


class Recorder:
    """Writes one line of JSON per passed test, and the blocks' names as the last line."""

    def __init__(self) -> None:
        FOLDER.mkdir(exist_ok=True)
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self.file = (FOLDER / f"entered-{worker}.jsonl").open("w")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        entered.clear()
        self.passed = False
        begun, others = time.process_time(), _of_children()
        result = yield
        if self.passed:
            took = (round(time.process_time() - begun, 4), round(_of_children() - others, 4))
            once = item.get_closest_marker("once") is not None
            self.file.write(json.dumps([item.nodeid, once, *took, list(entered)]) + "\n")
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self.passed = report.passed
        elif report.failed:
            self.passed = False

    def pytest_sessionfinish(self) -> None:
        self.file.write(json.dumps(names) + "\n")
        self.file.close()


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def pytest_configure(config: pytest.Config) -> None:
    if any(hasattr(config, name) for name in ("workerinput",)) or not config.getoption("numprocesses", None):
        config.pluginmanager.register(Recorder())


setattr(builtins, NOTE, entered.add)
sys.meta_path.insert(0, Finder())
