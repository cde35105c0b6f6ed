"""Users rely on docs/report.schema.json: a change to a class must not change it unnoticed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from docs import schema

from mailproof.model import SCHEMA_VERSION


def published() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(schema.PUBLISHED.read_text(encoding="utf-8"))
    return found


def test_the_classes_write_what_is_published() -> None:
    was, is_now = schema.shape(published()), schema.shape(schema.made())
    assert not was - is_now, "published paths are lost: keep their names, or raise SCHEMA_VERSION"
    assert not is_now - was, "paths are new: run docs/schema.py"
    assert f".schema_version: {SCHEMA_VERSION!r}" in was
    jsonschema.Draft202012Validator.check_schema(published())


def test_a_lost_path_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    more = published()
    more["$defs"]["Tool"]["properties"]["colour"] = {"type": "string"}
    (path := tmp_path / "old.json").write_text(json.dumps(more))
    monkeypatch.setattr(schema, "PUBLISHED", path)
    assert schema.main() == 1
    assert capsys.readouterr().err == (
        "published, and no longer written:\n  .reports[].tool.colour: string\n  .tool.colour: string\n"
    )
    assert json.loads(path.read_text()) == more


def test_another_version_may_lose_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older = published()
    older["$defs"]["Document"]["properties"] |= {"schema_version": {"const": "0"}, "old": {"type": "string"}}
    (path := tmp_path / "old.json").write_text(json.dumps(older))
    monkeypatch.setattr(schema, "PUBLISHED", path)
    assert schema.main() == 0
    assert json.loads(path.read_text()) == published()


class Leaf(msgspec.Struct):
    name: str
    inner: Leaf | None = None


def test_the_shape_knows_no_classes() -> None:
    (top,), types = msgspec.json.schema_components([list[Leaf] | None])
    renamed = json.loads(json.dumps({**top, "$defs": types}).replace("Leaf", "Sheet"))
    assert (
        schema.shape({**top, "$defs": types})
        == schema.shape(renamed)
        == {
            ": null",
            ": array",
            "[]: object",
            "[].name: string",
            "[].inner: null",
            "[].inner: as 1 above",
        }
    )


def test_the_summary_of_many_domains_is_as_published() -> None:
    found = json.loads(schema.SUMMARY.read_text(encoding="utf-8"))
    assert schema.shape(found) == schema.shape(schema.made_of_summary()), "run docs/schema.py"
    jsonschema.Draft202012Validator.check_schema(found)


def test_the_changes_of_diff_are_as_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = json.loads(schema.CHANGES.read_text(encoding="utf-8"))
    assert schema.shape(found) == schema.shape(schema.made_of_changes()), "run docs/schema.py"
    jsonschema.Draft202012Validator.check_schema(found)
    found["$defs"]["ChangesSummary"]["properties"]["old"] = {"type": "string"}
    (path := tmp_path / "changes.schema.json").write_text(json.dumps(found))
    monkeypatch.setattr(schema, "CHANGES", path)
    monkeypatch.setattr(schema, "SUMMARY", tmp_path / "bulk-summary.schema.json")
    monkeypatch.setattr(schema, "PUBLISHED", tmp_path / "report.schema.json")
    (tmp_path / "report.schema.json").write_text(schema.text())
    assert schema.main() == 1
    assert capsys.readouterr().err == "published, and no longer written:\n  .summary.old: string\n"
