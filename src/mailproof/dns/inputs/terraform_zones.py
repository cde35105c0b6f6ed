"""Finds the zone of a resource's record: by its id, or by the reference in the configuration."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mailproof.dns.inputs.located import Node
from mailproof.dns.inputs.terraform_table import RECORDS, ZONES

#: Attributes of a zone that only private networks see: of Route 53 and of Google.
_PRIVATE = ("vpc", "private_zone", "visibility")
INDEX = re.compile(r"\[[^\]]*\]")


class ZoneNames:
    """The zones of a plan or state, by id and by address (without the indexes of ``for_each``)."""

    def __init__(self, root: Node, resources: Sequence[tuple[str, Node]]) -> None:
        self._by_id: dict[str, str] = {}
        self._by_address: dict[str, str] = {}
        self._references: dict[str, str] = {}
        self._private: set[str] = set()
        for keys in (
            ("prior_state", "values", "root_module"),
            ("planned_values", "root_module"),
            ("values", "root_module"),
        ):
            if (module := root.get(*keys)) is not None:
                self._learn_module(module)
        for kind, values in resources:
            self._learn(kind, values)
            self._learn_of_record(kind, values)
        if (configured := root.get("configuration", "root_module")) is not None:
            self._learn_references(configured, "")

    def of(self, resource: Node, values: Node) -> str:
        """The zone's name; empty if unknown."""
        row = RECORDS[resource.text("type")]
        for key in row.zone:
            name = values.text(key)
            if name and not name.isdigit():
                return name.rstrip(".")
        known = self._by_id.get(values.text(row.zone_id)) if row.zone_id else None
        return known if known is not None else self._by_address.get(self._reference(resource), "")

    def is_private(self, resource: Node, values: Node) -> bool:
        """Whether the record is in a zone that only private networks see."""
        zone = RECORDS[resource.text("type")].zone_id
        return bool({self._reference(resource), values.text(zone) if zone else ""} & self._private)

    def _reference(self, resource: Node) -> str:
        return self._references.get(INDEX.sub("", resource.text("address")), "")

    def _learn_module(self, module: Node) -> None:
        for each in module.each("resources"):
            kind, values = each.text("type"), each.get("values")
            if kind in ZONES and values is not None:
                address = INDEX.sub("", each.text("address"))
                self._by_address[address] = self._learn(kind, values, address)
        for child in module.each("child_modules"):
            self._learn_module(child)

    def _learn(self, kind: str, values: Node, address: str = "") -> str:
        row = ZONES.get(kind)
        if row is None:
            return ""
        name = next(filter(None, map(values.text, row.names)), "").rstrip(".")
        known = [values.text(key) for key in row.ids if name and values.text(key)]
        self._by_id |= dict.fromkeys(known, name)
        if any((node := values.get(key)) and node.value not in ((), False, "public") for key in _PRIVATE):
            self._private.update(filter(None, (*known, address)))
        return name

    def _learn_of_record(self, kind: str, values: Node) -> None:
        """Derive a zone's name from an existing record: its full name minus its own name."""
        row = RECORDS.get(kind)
        if row is None or not row.zone_id:
            return
        name = values.text(row.name)
        full = next(filter(None, map(values.text, row.full)), "").rstrip(".")
        if name and full.startswith(f"{name}.") and values.text(row.zone_id):
            self._by_id.setdefault(values.text(row.zone_id), full.removeprefix(f"{name}."))

    def _learn_references(self, module: Node, prefix: str) -> None:
        for each in module.each("resources"):
            row = RECORDS.get(each.text("type"))
            for key in (*row.zone, row.zone_id) if row is not None else ():
                for reference in each.each("expressions", key, "references") if key else ():
                    address = prefix + _resource_of(reference.text())
                    if address in self._by_address:
                        self._references[prefix + each.text("address")] = address
        for name, call in _calls(module):
            self._learn_references(call, f"{prefix}module.{name}.")


def _calls(module: Node) -> Iterator[tuple[str, Node]]:
    calls = module.get("module_calls")
    for name, call in calls.members() if calls is not None else ():
        inner = call.get("module")
        if inner is not None:
            yield name, inner


def _resource_of(reference: str) -> str:
    """``aws_route53_zone.main`` for ``aws_route53_zone.main.zone_id``; data sources keep their ``data.``."""
    words = INDEX.sub("", reference).split(".")
    return ".".join(words[:3] if words[0] == "data" else words[:2])
