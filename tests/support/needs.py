"""Finds which facts each rule reads, from its code and that of the helpers it calls."""

from __future__ import annotations

import ast
from functools import cache
from importlib import import_module
from pathlib import Path

_Module = tuple[dict[str, ast.stmt], dict[str, tuple[str, str]]]


def reads(module: str, name: str = "check", seen: set[tuple[str, str]] | None = None) -> set[str]:
    """The attributes of ``facts`` that a function of a module below ``mailproof.checks`` reads."""
    seen = set() if seen is None else seen
    if (module, name) in seen or not module.startswith("mailproof.checks"):
        return set()
    seen.add((module, name))
    definitions, imports = _parsed(module)
    if name in imports:
        return reads(*imports[name], seen)
    found = set()
    for node in ast.walk(definitions[name]) if name in definitions else ():
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "facts":
            found.add(node.attr)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found |= reads(module, node.id, seen)
    return found


@cache
def _parsed(module: str) -> _Module:
    definitions: dict[str, ast.stmt] = {}
    imports: dict[str, tuple[str, str]] = {}
    path = import_module(module).__file__
    assert path is not None
    for node in ast.parse(Path(path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            definitions[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            definitions |= {each.id: node for each in targets if isinstance(each, ast.Name)}
        elif isinstance(node, ast.ImportFrom) and node.module:
            imports |= {each.asname or each.name: (node.module, each.name) for each in node.names}
    return definitions, imports
