"""Writes what of docs/ is made from the code: a page a rule, their index, the commands, the table of
docs/security.md, and the keys of docs/configuration.md with their JSON Schema.

That has each number of a ``limits.py``, and each MAX_… elsewhere with a comment above it, ``#: ``, that says
what is bounded and in which unit.

.venv/bin/python docs/generate.py; a test fails where the files differ from what this would write.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailproof.checks import registry
from mailproof.checks.base import Check
from mailproof.model import Rule

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))  # it is run as a script, too

from docs import manual, reference  # noqa: E402 - after the path

SOURCE = HERE.parent / "src"
BEGINS, ENDS = "<!-- bounds: written by docs/generate.py -->", "<!-- end of bounds -->"
KEYS_BEGIN, KEYS_END = "<!-- keys: written by docs/generate.py -->", "<!-- end of keys -->"
#: Topics that are no plain words.
TOPICS = {
    "spf": "SPF",
    "dkim": "DKIM",
    "dmarc": "DMARC",
    "mx": "MX",
    "transport": "Mail hosts and TLS",
    "dane": "DANE",
    "mta_sts": "MTA-STS",
    "tls_rpt": "TLS-RPT",
    "bimi": "BIMI",
    "dns": "DNS and DNSSEC",
    "blocklist": "Blocklists",
    "profile": "Parked domains",
    "receivers": "What receivers require",
    "expected": "What mailproof.toml expects",
    "message": "Messages",
    "retrieval": "Delivery to the mailbox",
    "inbound": "Inbound mail: what your own server accepts",
}
#: Sizes that bounds are written in, and what the protocols bound and mailproof checks.
_NO_BOUNDS = {"MIB", "KIB", "MAX_BITS", "MAX_LOOKUPS"}


def pages() -> dict[str, str]:
    """Path below docs/ -> text."""
    files = {
        "rules/README.md": _index(),
        "commands.md": reference.text(),
        "security.md": _security(),
        "configuration.md": _configuration(),
        "mailproof.schema.json": manual.schema_text(),
    }
    for check in registry.every():
        rule, (title, _, body) = check.rule, check.doc.partition("\n")
        facts = f"Severity: {rule.severity.value} · Topic: {rule.topic}"
        files[f"rules/{rule.id}.md"] = f"# {rule.id}: {title}\n\n{facts}\n\n{body.strip()}\n"
    return files


def _configuration() -> str:
    """docs/configuration.md with the tables of keys as they are now."""
    text = (HERE / "configuration.md").read_text("utf-8")
    before, _, rest = text.partition(KEYS_BEGIN)
    return f"{before}{KEYS_BEGIN}\n\n{manual.key_tables()}\n\n{KEYS_END}{rest.partition(KEYS_END)[2]}"


def by_topic(checks: tuple[Check[Any], ...]) -> list[tuple[str, list[Rule]]]:
    """Topics as people write them, each with its rules in order."""
    found: dict[str, list[Rule]] = {}
    for check in checks:
        found.setdefault(TOPICS.get(check.rule.topic, check.rule.topic.capitalize()), []).append(check.rule)
    return list(found.items())


def _index() -> str:
    checks = registry.every()
    lines = [
        "# The rules",
        "",
        f"{len(checks)} rules, one page each. `mailproof explain SPF003` shows a page too.",
    ]
    for topic, rules in by_topic(checks):
        lines += ["", f"## {topic}", "", "| rule | severity | title |", "| --- | --- | --- |"]
        lines += [f"| [{rule.id}]({rule.id}.md) | {rule.severity.value} | {rule.title} |" for rule in rules]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound: where it is (``mail/mailboxes/limits.py``), its name, its value, and what is said of it."""

    place: str
    name: str
    value: float
    text: str


def bounds(source: Path = SOURCE) -> tuple[Bound, ...]:
    """All of them, by place, as they come there."""
    return tuple(
        bound for path in sorted((source / "mailproof").rglob("*.py")) for bound in _of(path, source)
    )


def _of(path: Path, source: Path) -> Iterator[Bound]:
    text = path.read_text("utf-8")
    whole = path.name == "limits.py"
    if not whole and "\nMAX_" not in text:
        return
    place = str(path.relative_to(source / "mailproof"))
    module = importlib.import_module(".".join(path.relative_to(source).with_suffix("").parts))
    lines = text.splitlines()
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and whole:
            values = getattr(module, node.name)
            values = values() if all(_has_default(each) for each in node.body) else values
            found = [(name, getattr(values, name, None), line) for name, line in _names(node.body)]
        else:
            found = [(name, getattr(module, name), line) for name, line in _names([node])]
            found = [each for each in found if whole or each[0].startswith("MAX_")]
        for name, value, line in found:
            said = _comment(lines, line)
            if name not in _NO_BOUNDS and isinstance(value, int | float) and (said or whole):
                yield Bound(place, name, value, said)


def _has_default(node: ast.stmt) -> bool:
    return not isinstance(node, ast.AnnAssign) or node.value is not None


def _names(body: list[ast.stmt]) -> Iterator[tuple[str, int]]:
    for node in body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name):
            yield target.id, node.lineno


def _comment(lines: list[str], line: int) -> str:
    """What the lines above that one say after ``#:``."""
    said: list[str] = []
    for above in reversed(lines[: line - 1]):
        if not above.strip().startswith("#: "):
            break
        said.insert(0, above.strip().removeprefix("#: "))
    return " ".join(said)


def table(found: tuple[Bound, ...]) -> str:
    """The table in Markdown."""
    rows = ["| bound | what it bounds | where |", "| ---: | --- | --- |"]
    for each in found:
        text = each.text.replace("|", "\\|")
        rows.append(f"| {shown(each)} | {text} | `{each.place}`: `{each.name}` |")
    return "\n".join(rows) + "\n"


def shown(bound: Bound) -> str:
    """Its value as a person reads it."""
    if isinstance(bound.value, int) and ("octet" in bound.text.lower() or "bytes" in bound.name.lower()):
        for unit, size in (("MiB", 1024 * 1024), ("KiB", 1024)):
            if bound.value >= size and bound.value % size == 0:
                return f"{bound.value // size:,} {unit}"
    seconds = bound.name.lower().endswith("_s") or "second" in bound.text.lower()
    return f"{bound.value:,g}" if seconds and bound.value < 1e6 else f"{bound.value:,}"


def _security() -> str:
    """The page, with the table of bounds as it is now."""
    page = (HERE / "security.md").read_text("utf-8")
    before, _, rest = page.partition(BEGINS)
    _, _, after = rest.partition(ENDS)
    return f"{before}{BEGINS}\n\n{table(bounds())}\n{ENDS}{after}"


def main() -> None:
    """Write all files and take away pages of rules that are gone."""
    files = pages()
    (HERE / "rules").mkdir(exist_ok=True)
    for old in (HERE / "rules").glob("*.md"):
        if f"rules/{old.name}" not in files:
            old.unlink()
    for name, text in files.items():
        (HERE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
