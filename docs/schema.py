"""Writes docs/report.schema.json, which says what JSON a report is, where the classes only add to it;
docs/changes.schema.json, the same for ``mailproof diff``; and docs/bulk-summary.schema.json, the same for
``mailproof bulk --summary``.

.venv/bin/python docs/schema.py; a test fails where the classes would write other JSON than the file says.
A field that is renamed keeps its name in JSON (``msgspec.field(name=…)``); one that goes needs a new
``SCHEMA_VERSION``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from mailproof.model import SCHEMA_VERSION, Accepted
from mailproof.model.bulk import BulkSummary
from mailproof.model.numbers import Large
from mailproof.render.changes import VERSION, ChangesDocument
from mailproof.render.document import Document, WrittenReport

PUBLISHED = Path(__file__).resolve().parent / "report.schema.json"
CHANGES = PUBLISHED.with_name("changes.schema.json")
SUMMARY = PUBLISHED.with_name("bulk-summary.schema.json")


def made_of_changes() -> dict[str, Any]:
    """JSON Schema of what ``mailproof diff -f json`` writes."""
    return _made(ChangesDocument, f"mailproof diff, schema_version {VERSION}")


def made_of_summary() -> dict[str, Any]:
    """JSON Schema of what ``mailproof bulk --summary FILE.json`` writes."""
    return _made(BulkSummary, "mailproof bulk --summary")


def _made(kind: type, title: str) -> dict[str, Any]:
    (top,), definitions = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    for definition in definitions.values():
        _as_written(definition)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        **top,
        "$defs": dict(sorted(definitions.items())),
    }


def made() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of what ``render_json`` writes, from the classes."""
    (top,), definitions = msgspec.json.schema_components(
        [Document], schema_hook=_other, ref_template="#/$defs/{name}"
    )
    expires = definitions[Accepted.__name__]["properties"]["expires"]
    expires["anyOf"].insert(1, {"type": "string", "format": "date-time"})
    for definition in definitions.values():
        _as_written(definition)
    for each in (Document, WrittenReport):
        definitions[each.__name__]["properties"]["schema_version"] = {"const": SCHEMA_VERSION}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://raw.githubusercontent.com/mailproof/mailproof/main/docs/report.schema.json",
        "title": f"mailproof report, schema_version {SCHEMA_VERSION}",
        **top,
        "$defs": dict(sorted(definitions.items())),
    }


def _other(kind: type) -> dict[str, Any]:
    """How types are written that JSON has no form for."""
    if kind is Large:
        return {"type": "string", "pattern": "^[0-9]+$"}
    raise NotImplementedError(kind)


def _as_written(definition: dict[str, Any]) -> None:
    """Every field is always there, and no other."""
    lines = definition.get("description", "").splitlines()
    definition["description"] = "\n".join(line.strip() for line in lines)
    if "properties" in definition:
        for value in definition["properties"].values():
            value.pop("default", None)
        definition["required"] = sorted(definition["properties"])
        definition["additionalProperties"] = False


def shape(schema: dict[str, Any]) -> frozenset[str]:
    """What a reader of the JSON can rely on, as lines "path: type": without the names of classes."""
    return frozenset(_lines(schema, schema["$defs"], "", ()))


def _lines(node: dict[str, Any], types: dict[str, Any], path: str, inside: tuple[str, ...]) -> Iterator[str]:
    name = node.get("$ref", "").rpartition("/")[2]
    if name in inside:
        yield f"{path}: as {len(inside) - inside.index(name)} above"
    elif name:
        yield from _lines(types[name], types, path, (*inside, name))
    elif "anyOf" in node:
        for each in node["anyOf"]:
            yield from _lines(each, types, path, inside)
    elif "enum" in node or "const" in node:
        yield from (f"{path}: {word!r}" for word in node.get("enum", [node.get("const")]))
    else:
        yield f"{path}: {node['type']} {node.get('format', '')}".rstrip()
        for number, each in enumerate(node.get("prefixItems", ())):
            yield from _lines(each, types, f"{path}[{number}]", inside)
        if isinstance(node.get("items"), dict):
            yield from _lines(node["items"], types, f"{path}[]", inside)
        for key, each in node.get("properties", {}).items():
            yield from _lines(each, types, f"{path}.{key}", inside)


def text(schema: dict[str, Any] | None = None) -> str:
    """The schema (of reports) as the text of its file."""
    return json.dumps(schema or made(), indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write it, unless a path that is published would be lost. Returns the exit code."""
    old = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    was = shape(old)
    same = f".schema_version: {SCHEMA_VERSION!r}" in was
    if same and (lost := was - shape(made())):
        sys.stderr.write("\n  ".join(["published, and no longer written:", *sorted(lost)]) + "\n")
        return 1
    PUBLISHED.write_text(text(), encoding="utf-8")
    if CHANGES.parent == PUBLISHED.parent:
        changes = _publish(CHANGES, made_of_changes(), f".schema_version: {VERSION!r}")
        return changes or _publish(SUMMARY, made_of_summary(), ".domains: integer")
    return 0


def _publish(path: Path, new: dict[str, Any], version: str) -> int:
    """Write another one, by the same rule: where ``version`` is among its paths, none may be lost."""
    was = shape(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else frozenset()
    if version in was and (lost := was - shape(new)):
        sys.stderr.write("\n  ".join(["published, and no longer written:", *sorted(lost)]) + "\n")
        return 1
    path.write_text(text(new), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
