"""Reads Terraform source (``.tf``): records whose name, type and values are literals, or refer to literals.

Only references to literals in the same file are evaluated. Computed values are ``unstated``; a record
whose name is computed is ``nameless``: only the syntax of its text can be checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailproof.dns.inputs.contents import Contents, Nameless
from mailproof.dns.inputs.hcl import Block, Expression, read_hcl, strings
from mailproof.dns.inputs.located import Node, Source
from mailproof.dns.inputs.terraform import Resource, gathered_of
from mailproof.dns.inputs.terraform_records import AFTER_APPLY
from mailproof.dns.inputs.terraform_table import RECORDS, ZONES
from mailproof.dns.inputs.terraform_zones import INDEX
from mailproof.structs import replace

_VERSION = re.compile(r"v=(?:spf1|DMARC1|DKIM1|STSv1|TLSRPTv1|BIMI1)(?:[ ;]|$)", re.IGNORECASE)
_MOST_STEPS = 8
#: Attributes that make a block declare any number of resources.
_REPEATED = ("count", "for_each")

_COMPUTED = "computed, and not a literal of this file"


def read_source(text: str, file: str) -> Contents:
    """The record sets of a file. Raises ZoneFileError."""
    source = Source(text, file)
    whole = read_hcl(source)
    known = _Literals(source, whole)
    found = tuple((each, known.resource(each)) for each in whole.blocks if each.kind in ("resource", "data"))
    zones_too = tuple(made for block, made in found if block.kind == "resource" or made.type in ZONES)
    contents = gathered_of(Node(source, {}, 0), zones_too)
    lines = tuple(line.replace(f"{AFTER_APPLY}, or not in the plan", _COMPUTED) for line in contents.left_out)
    unread = {made.address for _, made in found if any(f" {made.address} was not read: " in e for e in lines)}
    read = {block.offset for block, made in found if made.type in RECORDS and made.address not in unread}
    nameless = tuple(
        Nameless(node.value, node.place)
        for block in whole.blocks
        if block.offset not in read and block.kind not in ("variable", "output")
        for node in strings(block)
        if isinstance(node.value, str) and _VERSION.match(node.value)
    )
    changes = {
        key: replace(each, unstated=each.unstated.replace(AFTER_APPLY, _COMPUTED))
        for key, each in contents.changes.items()
    }
    return replace(contents, changes=changes, left_out=lines, nameless=nameless)


class _Literals:
    """The literals of a file that references may refer to."""

    def __init__(self, source: Source, whole: Block) -> None:
        self._source = source
        self._attributes: dict[str, Node] = {}
        self._zones: dict[str, str] = {}
        for block in whole.blocks:
            address = "local" if block.kind == "locals" else _address(block)
            self._attributes |= {f"{address}.{name}": node for name, node in block.attributes.items()}
        for block in whole.blocks:
            if block.kind in ("resource", "data") and block.labels and block.labels[0] in ZONES:
                for name in ZONES[block.labels[0]].names:
                    node = self.resolved(block.attributes.get(name))
                    if node is not None and isinstance(node.value, str):
                        self._zones.setdefault(_address(block), node.value.rstrip("."))

    def resource(self, block: Block) -> Resource:
        """A block as a new resource; if it is not DNS, only its type and address."""
        kind, address = (*block.labels, "")[0], _address(block)
        texts = {"type": self._node(kind, block.offset), "address": self._node(address, block.offset)}
        node = Node(self._source, texts, block.offset)
        if kind not in RECORDS and kind not in ZONES:
            return Resource(node, None, None, None, None)
        values: dict[str, Node] = {}
        unknown: dict[str, Node] = {}
        for name, given in self._attributes_of(block):
            found = self._zone_of(kind, name, given) or self.resolved(given)
            if found is None:
                unknown[name] = self._node(True, given.offset)
            elif found.value is not None:
                values[name] = found
        if kind in ZONES:
            values |= {"id": texts["address"], "zone_id": texts["address"]}
            values |= {"vpc": unknown["vpc"]} if "vpc" in unknown else {}
        elif any(each in block.attributes for each in _REPEATED):  # there may be any number
            unknown |= {name: self._node(True, block.offset) for name in RECORDS[kind].values}
        after, later = (Node(self._source, each, block.offset) for each in (values, unknown))
        return Resource(node, None, after, later, None)

    def _attributes_of(self, block: Block) -> Iterator[tuple[str, Node]]:
        """The attributes; inner blocks of one kind become an array of objects."""
        yield from block.attributes.items()
        kinds = dict.fromkeys(each.kind for each in block.blocks)
        for kind in kinds:
            inner = [each for each in block.blocks if each.kind == kind]
            objects = tuple(Node(self._source, each.attributes, each.offset) for each in inner)
            name = inner[0].labels[0] if kind == "dynamic" and inner[0].labels else kind
            yield name, Node(self._source, Expression() if kind == "dynamic" else objects, inner[0].offset)

    def _zone_of(self, kind: str, name: str, given: Node) -> Node | None:
        """The zone that a record refers to: its name, or, for an id, its address."""
        row = RECORDS.get(kind)
        if row is None or not isinstance(given.value, Expression) or name not in (*row.zone, row.zone_id):
            return None
        address = INDEX.sub("", given.value.reference).rpartition(".")[0]
        if address not in self._zones:
            return None
        return self._node(self._zones[address] if name in row.zone else address, given.offset)

    def resolved(self, node: Node | None, steps: int = 0) -> Node | None:
        """The node with its references resolved; None if one does not refer to a literal."""
        if node is None or steps > _MOST_STEPS:
            return None
        if isinstance(node.value, tuple):
            elements = tuple(self.resolved(each, steps + 1) for each in node.value)
            known = tuple(each for each in elements if each is not None)
            return Node(node.source, known, node.offset) if len(known) == len(elements) else None
        if isinstance(node.value, dict):
            members = {name: self.resolved(each, steps + 1) for name, each in node.members()}
            kept = {name: each for name, each in members.items() if each is not None}
            return Node(node.source, kept, node.offset) if len(kept) == len(members) else None
        if not isinstance(node.value, Expression):
            return node
        if node.value.parts:
            return self._joined(node, node.value, steps)
        return self.resolved(self._attributes.get(INDEX.sub("", node.value.reference)), steps + 1)

    def _joined(self, node: Node, expression: Expression, steps: int) -> Node | None:
        """A string with its references resolved; None if one is not a string literal."""
        texts: list[str] = []
        for part in expression.parts:
            inner = part if isinstance(part, str) else Node(node.source, part, node.offset)
            found = inner if isinstance(inner, str) else self.resolved(inner, steps + 1)
            text = found if isinstance(found, str) else found.value if found is not None else None
            if not isinstance(text, str):
                return None
            texts.append(text)
        return Node(node.source, "".join(texts), node.offset)

    def _node(self, value: object, offset: int) -> Node:
        return Node(self._source, value, offset)


def _address(block: Block) -> str:
    return ".".join(("data", *block.labels) if block.kind == "data" else block.labels)
