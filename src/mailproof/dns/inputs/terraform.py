"""Reads the output of ``terraform show -json`` and ``tofu show -json``: a plan, or a state.

A plan changes record sets and says nothing about others, so it is applied to the existing data. Values known
only after it is applied are ``unstated``. Of resources that aren't DNS records, only type and address are
read.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from mailproof.dns.inputs.contents import Contents, Gathered, owner_of
from mailproof.dns.inputs.located import Node
from mailproof.dns.inputs.terraform_records import RecordSet, record_set, sensitive_texts
from mailproof.dns.inputs.terraform_table import RECORDS, ZONES
from mailproof.dns.inputs.terraform_zones import ZoneNames
from mailproof.errors import ZoneFileError
from mailproof.redaction import learn

#: The supported major version of the format.
FORMAT = "1"
_NO_CHANGE = {"forget", "read"}


class Resource(Struct, frozen=True):
    """A resource, before and after."""

    node: Node
    before: Node | None
    after: Node | None
    unknown: Node | None
    sensitive: Node | None

    @property
    def address(self) -> str:
        return self.node.text("address")[:200]

    @property
    def type(self) -> str:
        return self.node.text("type")


def is_terraform(root: Node) -> bool:
    """Whether the JSON has this format, or is Terraform's raw state."""
    shown = root.get("format_version") and (root.get("terraform_version") or root.get("values"))
    return bool(shown) or _is_raw_state(root)


def read_terraform(root: Node) -> Contents:
    """The record sets that a plan changes or a state contains. Raises ZoneFileError."""
    if _is_raw_state(root):
        raise root.place.fault("Terraform's own state: give the output of `terraform show -json` instead")
    version = root.text("format_version")
    if version.partition(".")[0] != FORMAT:
        if (found := root.get("format_version")) is None:
            raise root.place.fault("no format_version in it: print it with `terraform show -json`")
        raise found.place.fault(f"format_version {version[:20]!a}: only {FORMAT}.x is read")
    if root.is_true("errored"):
        raise root.place.fault("the plan ended with an error, so that it is not complete: plan again")
    return gathered_of(root, tuple(_resources(root)))


def gathered_of(root: Node, resources: tuple[Resource, ...]) -> Contents:
    """The record sets of these resources. Raises ZoneFileError."""
    gathered = Gathered(root.place.file, "", whole=False)
    names = ZoneNames(
        root, [(each.type, end) for each in resources for end in (each.before, each.after) if end]
    )
    public = [each for each in resources if not _is_private(each, names)]
    for each in public:
        _remove_old(each, names, gathered)
    for each in public:
        _add_new(each, names, gathered)
    if len(public) < len(resources):
        hidden = len(resources) - len(public)
        gathered.left_out.append(f"{root.place.file}: {hidden} × records of private zones not read")
    _list_unread(root, resources, gathered)
    return gathered.contents()


def _is_raw_state(root: Node) -> bool:
    return bool(root.get("terraform_version") and root.get("lineage") and root.get("resources"))


def _resources(root: Node) -> Iterator[Resource]:
    """All managed resources: a plan's changes (which include unchanged ones), else those of the state."""
    for each in root.each("resource_changes"):
        change = each.get("change")
        actions = {action.text() for action in change.each("actions")} if change is not None else set()
        if change is None or each.text("mode") == "data" or actions & _NO_CHANGE:
            continue
        yield Resource(
            each,
            change.get("before"),
            change.get("after"),
            change.get("after_unknown"),
            change.get("after_sensitive"),
        )
    if root.get("resource_changes") is None and (module := root.get("values", "root_module")) is not None:
        yield from _of_state(module)


def _of_state(module: Node) -> Iterator[Resource]:
    for each in module.each("resources"):
        if each.text("mode") != "data":
            yield Resource(each, None, each.get("values"), None, each.get("sensitive_values"))
    for child in module.each("child_modules"):
        yield from _of_state(child)


def _is_private(each: Resource, names: ZoneNames) -> bool:
    values = each.after or each.before
    return each.type in RECORDS and values is not None and names.is_private(each.node, values)


def _remove_old(each: Resource, names: ZoneNames, gathered: Gathered) -> None:
    if each.type not in RECORDS or each.before is None:
        return
    with contextlib.suppress(ZoneFileError):  # an unreadable record that is removed does no harm
        found = record_set(each.type, each.before, None, names.of(each.node, each.before))
        if isinstance(found, RecordSet):
            if not found.part:
                gathered.removed(found.owner, found.rrtype, None)
            for record in found.records if found.part else ():
                gathered.removed(found.owner, found.rrtype, record.rdata)


def _add_new(each: Resource, names: ZoneNames, gathered: Gathered) -> None:
    if each.type not in RECORDS or each.after is None:
        return
    zone = names.of(each.node, each.after)
    for text in sensitive_texts(each.type, each.after, each.sensitive):
        learn(text)
        gathered.sensitive.append(text)
    found = record_set(each.type, each.after, each.unknown, zone)
    if isinstance(found, str):
        place = each.node.place
        if zone and each.after.text("type") in ("CNAME", "TXT"):  # it may be a DKIM key
            gathered.unstated(owner_of(f"_domainkey.{zone}", place), "TXT", f"{each.address} may be a key")
        gathered.left_out.append(f"{place.file}:{place.line}: {each.address} was not read: {found}")
        return
    for rrtype in found.unstated_types:
        gathered.unstated(found.owner, rrtype, f"{each.address}: {found.unstated}")
    for record in found.records:
        gathered.add(found.owner, found.rrtype, record.rdata, found.ttl, record.place, part=found.part)


def _list_unread(root: Node, resources: tuple[Resource, ...], gathered: Gathered) -> None:
    """List, as not read, the types of resources that look like DNS but are not in the table."""
    count = Counter(
        each.type
        for each in resources
        if each.type not in RECORDS
        and each.type not in ZONES
        and not each.type.endswith("_zone")
        and any(word in each.type for word in ("dns", "record", "rrset"))
    )
    for kind, number in sorted(count.items()):
        gathered.left_out.append(
            f"{root.place.file}: {number} × {kind[:60]} not read: not among the resources known"
        )
