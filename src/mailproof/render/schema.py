"""The published JSON Schema of the report, made from the model itself.

``python -m mailproof.render.schema`` prints it; docs/report.schema.json is that text, kept so by a test.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from mailproof.model import (
    SCHEMA_VERSION,
    DeliveryFacts,
    DomainFacts,
    FixRecord,
    MessageFacts,
    Report,
    report,
)


def report_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of one report as ``render_json`` writes it."""
    from pydantic import TypeAdapter

    # The report names these for type checkers only: no command needs them all.
    vars(report).update(DeliveryFacts=DeliveryFacts, DomainFacts=DomainFacts, MessageFacts=MessageFacts)
    schema = TypeAdapter(Report).json_schema(mode="serialization")
    definitions = schema["$defs"]
    definitions[FixRecord.__name__]["properties"]["bind"] = {
        "type": "string",
        "description": "The record as a line of a zone file.",
    }
    for definition in (schema, *definitions.values()):
        _as_written(definition)
    schema["properties"]["schema_version"] = {"const": SCHEMA_VERSION}
    schema["title"] = f"mailproof report, schema_version {SCHEMA_VERSION}"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _as_written(definition: dict[str, Any]) -> None:
    """Names without the underscore that Python's keywords need; every field is always there."""
    properties = definition.get("properties")
    if properties is None:
        return
    definition["properties"] = {name.rstrip("_"): value for name, value in properties.items()}
    for value in definition["properties"].values():
        value.pop("default", None)
        value.pop("title", None)
    definition["required"] = sorted(definition["properties"])
    definition["additionalProperties"] = False


def schema_text() -> str:
    """The schema as the text of its file."""
    return json.dumps(report_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
