"""A pytest plugin that writes which tests enter which blocks: ``pytest -p tests.mutation.record``.

The blocks of the functions that are mutated get a first statement that notes them, as the modules are
imported. That costs a tenth of the time of the tests, works in threads and on every Python.
"""

from __future__ import annotations

import ast
import builtins
import importlib.abc
import importlib.machinery
import json
import os
import sys
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import pytest

from tests.mutation.mutants import ROOT, SOURCE, blocks, files, start

FOLDER = ROOT / ".mutants"
NOTE = "__mutation_note__"

entered: set[str] = set()


class Noting(importlib.machinery.SourceFileLoader):
    """Loads a module whose blocks note that they were entered."""

    def get_code(self, fullname: str) -> CodeType:
        path = Path(self.path)
        tree = ast.parse(path.read_bytes())
        where = str(path.relative_to(SOURCE))
        for block in list(blocks(tree)):
            key = ast.Constant(f"{where}:{start(block)}")
            note = ast.Expr(ast.Call(ast.Name(NOTE, ast.Load()), [key], []))
            first = block[0]
            is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            block.insert(1 if is_text else 0, ast.copy_location(note, first))
        code: CodeType = compile(ast.fix_missing_locations(tree), self.path, "exec")
        return code


class Finder(importlib.abc.MetaPathFinder):
    def __init__(self) -> None:
        self.files = set(files())

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
    """One line of JSON a test that passed: its name, its seconds, its blocks."""

    def __init__(self) -> None:
        FOLDER.mkdir(exist_ok=True)
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self.file = (FOLDER / f"map-{worker}.jsonl").open("w")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        entered.clear()
        self.passed = False
        begun = time.process_time()
        result = yield
        if self.passed and entered:
            took = round(time.process_time() - begun, 4)
            self.file.write(json.dumps([item.nodeid, took, sorted(entered)]) + "\n")
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self.passed = report.passed
        elif report.failed:
            self.passed = False

    def pytest_sessionfinish(self) -> None:
        self.file.close()


def pytest_configure(config: pytest.Config) -> None:
    if any(hasattr(config, name) for name in ("workerinput",)) or not config.getoption("numprocesses", None):
        config.pluginmanager.register(Recorder())


setattr(builtins, NOTE, entered.add)
sys.meta_path.insert(0, Finder())
