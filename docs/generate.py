"""Writes what of docs/ is made from the code: a page a rule, and their index.

.venv/bin/python docs/generate.py; a test fails where the files differ from what this would write.
"""

from __future__ import annotations

from pathlib import Path

from mailproof.checks import registry

HERE = Path(__file__).resolve().parent


def pages() -> dict[str, str]:
    """Path below docs/ -> text."""
    files = {"rules/README.md": _index()}
    for check in registry.every():
        rule, (title, _, body) = check.rule, check.doc.partition("\n")
        facts = f"Severity: {rule.severity.value} · Topic: {rule.topic}"
        files[f"rules/{rule.id}.md"] = f"# {rule.id}: {title}\n\n{facts}\n\n{body.strip()}\n"
    return files


def _index() -> str:
    checks = registry.every()
    lines = ["# The rules", "", f"{len(checks)} rules, one page each.", ""]
    lines += ["| rule | severity | topic | title |", "| --- | --- | --- | --- |"]
    for check in checks:
        rule = check.rule
        lines.append(f"| [{rule.id}]({rule.id}.md) | {rule.severity.value} | {rule.topic} | {rule.title} |")
    return "\n".join(lines) + "\n"


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
