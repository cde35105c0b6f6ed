"""The mutants of a source file: one small change each, inside a function.

The changes are those that tests should notice: to a comparison, a condition, a number, a
word, a keyword argument, a call made for its side effect. Module-level tables are not mutated.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "mailproof"
#: The folders and modules of src/mailproof that are mutated.
TARGETS = ("records", "auth", "message", "checks", "engine", "render", "score.py")

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_CALLS = {
    "startswith": "endswith",
    "endswith": "startswith",
    "lower": "upper",
    "upper": "lower",
    "lstrip": "rstrip",
    "rstrip": "lstrip",
    "partition": "rpartition",
    "rpartition": "partition",
    "removeprefix": "removesuffix",
    "removesuffix": "removeprefix",
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
}
_Node = TypeVar("_Node", bound=ast.AST)
_SIGNATURE = ("args", "returns", "decorator_list", "type_params")


@dataclass(frozen=True)
class Mutant:
    """A change: the node at ``path`` of the module's tree becomes ``new``."""

    file: Path
    line: int
    column: int
    text: str
    block: int
    node: int
    which: int

    @property
    def name(self) -> str:
        return f"{self.file.relative_to(SOURCE)}:{self.line}:{self.column} {self.text}"

    @property
    def folder(self) -> str:
        return self.file.relative_to(SOURCE).parts[0].removesuffix(".py")

    def tree(self) -> ast.Module:
        """The module with the change."""
        tree = ast.parse(self.file.read_bytes())
        parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
        old = list(ast.walk(tree))[self.node]
        _, new = list(_changes(old))[self.which]
        parent = parents[old]
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
            elif isinstance(value, list) and any(each is old for each in value):
                setattr(parent, name, [new if each is old else each for each in value])
        return ast.fix_missing_locations(tree)


def files(paths: tuple[Path, ...] = ()) -> list[Path]:
    """The target files, or those under ``paths``."""
    found: list[Path] = []
    for target in TARGETS:
        path = SOURCE / target
        found += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return [file for file in found if not paths or any(file.is_relative_to(path) for path in paths)]


def mutants(file: Path) -> Iterator[Mutant]:
    """All mutants of a file, in the order of its tree."""
    tree = ast.parse(file.read_bytes())
    numbers = {node: number for number, node in enumerate(ast.walk(tree))}
    for node, block in _inside(tree, None):
        for which, (text, _) in enumerate(_changes(node)):
            yield Mutant(file, node.lineno, node.col_offset, text, block, numbers[node], which)


def blocks(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    """Every list of statements within a function; a block is identified by its first line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _blocks_of(node)


def _blocks_of(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name, value in ast.iter_fields(node):
        if not isinstance(value, list) or name in _SIGNATURE:
            continue
        if value and all(isinstance(each, ast.stmt) for each in value):
            yield value
        for each in value:
            if isinstance(each, ast.AST) and not isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from _blocks_of(each)


def start(block: list[ast.stmt]) -> int:
    """The number of a block: the line of its first statement."""
    first = block[0]
    decorators: list[ast.expr] = []
    if isinstance(first, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        decorators = first.decorator_list
    return min([first.lineno, *(each.lineno for each in decorators)])


def _inside(node: ast.AST, block: int | None) -> Iterator[tuple[ast.expr | ast.stmt, int]]:
    """The nodes within functions, each with the block that contains it."""
    is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "ctx") or (is_function and name in _SIGNATURE):
            continue
        children = value if isinstance(value, list) else [value]
        inner = block
        if children and isinstance(children[0], ast.stmt) and (is_function or block is not None):
            inner = start(children)
        for child in children:
            if not isinstance(child, ast.AST) or _is_text(child):
                continue
            if isinstance(child, ast.expr | ast.stmt) and inner is not None:
                yield child, inner
            yield from _inside(child, inner)


def _is_text(node: ast.AST) -> bool:
    """Whether a node is a docstring or similar."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Possible replacements for a node, each with a short description."""
    match node:
        case ast.Compare(ops=[operator]):
            other = _COMPARISONS[type(operator)]
            yield f"{type(operator).__name__} → {other.__name__}", _with(node, ops=[other()])
        case ast.BoolOp(op=ast.And()):
            yield "and → or", _with(node, op=ast.Or())
        case ast.BoolOp(op=ast.Or()):
            yield "or → and", _with(node, op=ast.And())
        case ast.UnaryOp(op=ast.Not()):
            yield "without not", node.operand
        case ast.BinOp() if type(node.op) in _OPERATORS:
            swap = _OPERATORS[type(node.op)]
            yield f"{type(node.op).__name__} → {swap.__name__}", _with(node, op=swap())
        case ast.Constant(value=bool() as value):
            yield f"{value} → {not value}", _with(node, value=not value)
        case ast.Constant(value=int() as value):
            yield f"{value} → {value + 1}", _with(node, value=value + 1)
        case ast.Constant(value=str() as value) if value:
            yield f"{value[:24]!r} → other words", _with(node, value=f"XX{value}XX")
        case ast.Constant(value=bytes() as value) if value:
            yield f"{value[:24]!r} → other bytes", _with(node, value=b"XX" + value + b"XX")
        case ast.If() | ast.IfExp() | ast.While() if not isinstance(
            node.test, ast.Compare | ast.BoolOp | ast.UnaryOp
        ):
            yield "condition negated", _with(node, test=ast.UnaryOp(ast.Not(), node.test))
        case ast.Break():
            yield "break → continue", ast.copy_location(ast.Continue(), node)
        case ast.Continue():
            yield "continue → break", ast.copy_location(ast.Break(), node)
        case ast.Raise() | ast.Expr(value=ast.Call() | ast.Await() | ast.Yield() | ast.YieldFrom()):
            yield "not done", ast.copy_location(ast.Pass(), node)
        case ast.AugAssign() if type(node.op) in _OPERATORS:
            swap = _OPERATORS[type(node.op)]
            yield f"{type(node.op).__name__}= → {swap.__name__}=", _with(node, op=swap())
        case ast.Call():
            yield from _calls(node)


def _calls(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    called = node.func
    if isinstance(called, ast.Attribute) and called.attr in _CALLS:
        other = _CALLS[called.attr]
        yield f"{called.attr} → {other}", _with(node, func=_with(called, attr=other))
    if isinstance(called, ast.Name) and called.id in _CALLS:
        other = _CALLS[called.id]
        yield f"{called.id} → {other}", _with(node, func=_with(called, id=other))
    for number, keyword in enumerate(node.keywords):
        if keyword.arg:
            rest = node.keywords[:number] + node.keywords[number + 1 :]
            yield f"without {keyword.arg}=", _with(node, keywords=rest)


def _with(node: _Node, **fields: object) -> _Node:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed
