"""Reads the output of ``pulumi preview --json`` and ``pulumi stack export``.

Pulumi's DNS providers are mostly generated from Terraform's: the same attributes, with names in camel case,
so the same table works. Values known only after ``pulumi up``, and secret ones, are ``unstated``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mailproof.dns.inputs.contents import Contents
from mailproof.dns.inputs.located import Node
from mailproof.dns.inputs.terraform import Resource, gathered_of
from mailproof.dns.inputs.terraform_table import RECORDS, ZONES

#: Supported versions of a stack's export.
VERSIONS = ("3", "4")
#: Pulumi's placeholders for values that are known later (one per type), or secret.
_PLACEHOLDERS = {
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    "[secret]",
}
#: The key that marks an object as a special value, such as a secret.
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_PROVIDERS = {"gcp": "google", "azure": "azurerm"}
#: Types whose names are not derived from Terraform's by rule.
_RENAMED = {
    "cloudflare:index/record:Record": "cloudflare_record",
    "gcp:dns/recordSet:RecordSet": "google_dns_record_set",
    "digitalocean:index/dnsRecord:DnsRecord": "digitalocean_record",
    "ovh:Domain/zoneRecord:ZoneRecord": "ovh_domain_zone_record",
    "vultr:index/dnsRecord:DnsRecord": "vultr_dns_record",
    "aws:route53/record:Record": "aws_route53_record",
    "aws:route53/zone:Zone": "aws_route53_zone",
    "gandi:livedns/record:Record": "gandi_livedns_record",
    "scaleway:domain/record:Record": "scaleway_domain_record",
    "cloudflare:index/zone:Zone": "cloudflare_zone",
}
_GONE = {"delete", "delete-replaced", "discard", "discard-replaced"}
_NEW = {"create", "create-replacement", "import", "import-replacement"}
_SKIPPED = {"read", "read-replacement", "read-discard", "refresh", "remove-pending-replace"}
_CAPITAL = re.compile(r"(?<=[a-z0-9])[A-Z]")


def is_pulumi(root: Node) -> bool:
    """Whether the JSON has this format."""
    steps = root.get("steps")
    is_preview = steps is not None and isinstance(steps.value, tuple) and bool(root.get("changeSummary"))
    return is_preview or root.get("deployment") is not None


def read_pulumi(root: Node) -> Contents:
    """The record sets that a preview changes or a stack contains. Raises ZoneFileError."""
    if root.get("deployment") is not None:
        version = root.text("version")
        if version not in VERSIONS:
            raise (root.get("version") or root).place.fault(
                f"version {version[:20]!a} of a stack: only {' and '.join(VERSIONS)} are read"
            )
        return gathered_of(root, tuple(_of_stack(root)))
    if root.get("steps") is None:
        raise root.place.fault("no steps in it: print it with `pulumi preview --json`")
    for each in root.each("diagnostics"):
        if each.text("severity") == "error":
            raise each.place.fault("the preview ended with an error, so that it is not complete")
    return gathered_of(root, tuple(_of_preview(root)))


def _of_stack(root: Node) -> Iterator[Resource]:
    for each in root.each("deployment", "resources"):
        if not each.is_true("delete"):  # being replaced, but not deleted yet
            yield _resource(each, None, each)


def _of_preview(root: Node) -> Iterator[Resource]:
    for each in root.each("steps"):
        action = each.text("op")
        old, new = each.get("oldState"), each.get("newState")
        if action in _SKIPPED or (old is None and new is None):
            continue
        yield _resource(new or old or each, None if action in _NEW else old, None if action in _GONE else new)


def _resource(state: Node, before: Node | None, after: Node | None) -> Resource:
    name = _type_of(state.text("type"))
    names = {"type": name, "address": state.text("urn").rpartition("::")[2] or name}
    texts = {key: Node(state.source, text, state.offset) for key, text in names.items()}
    node = Node(state.source, texts, state.offset)
    if name not in RECORDS and name not in ZONES:  # don't look at its values
        return Resource(node, None, None, None, None)
    values, unknown = _values(after, name) if after is not None else (None, None)
    return Resource(node, _values(before, name)[0] if before is not None else None, values, unknown, None)


def _type_of(token: str) -> str:
    """Terraform's name of a type: ``ns1_record`` for ``ns1:index/record:Record``."""
    if token in _RENAMED:
        return _RENAMED[token]
    package, _, rest = token.partition(":")
    module, _, name = rest.partition("/")
    words = [_PROVIDERS.get(package, package), module if module != "index" else ""]
    return "_".join(filter(None, (*words, _snake(name.partition(":")[0]))))


def _values(state: Node, kind: str) -> tuple[Node, Node]:
    """The values of a resource (inputs override outputs), and a marker for each unknown one."""
    # A block that can be repeated in Terraform is an array with a plural name.
    renamed = {"aliases": "alias"}
    if kind in RECORDS and "record" in RECORDS[kind].values:
        renamed["records"] = "record"
    known: dict[str, Node] = {}
    unknown: dict[str, Node] = {}
    for part in ("outputs", "inputs"):
        given = state.get(part)
        for key, value in given.members() if given is not None else ():
            name = renamed.get(key) or _snake(key)
            if _is_unknown(value):
                known.pop(name, None)
                unknown[name] = Node(value.source, True, value.offset)
            elif value.value is not None:
                known[name] = _renamed(value)
                unknown.pop(name, None)
    if state.text("id") and not _is_unknown(state.get("id")):
        known["id"] = Node(state.source, state.text("id"), state.offset)
    return Node(state.source, known, state.offset), Node(state.source, unknown, state.offset)


def _renamed(node: Node) -> Node:
    """The same with Terraform's names."""
    if isinstance(node.value, tuple):
        return Node(node.source, tuple(map(_renamed, node.value)), node.offset)
    members: Mapping[str, Node] = {_snake(name): _renamed(each) for name, each in node.members()}
    return Node(node.source, members, node.offset) if members else node


def _is_unknown(node: Node | None) -> bool:
    """Whether a value, or one inside it, is known only later, or secret."""
    return node is not None and any(_is_placeholder(each.value) for each in node.walk())


def _is_placeholder(value: object) -> bool:
    if isinstance(value, dict):
        return _SIGNATURE in value
    return isinstance(value, str) and (value in _PLACEHOLDERS or value.startswith("output<"))


def _snake(name: str) -> str:
    return _CAPITAL.sub(lambda match: f"_{match.group()}", name).lower()
