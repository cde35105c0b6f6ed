"""Terraform plans for Route 53 records, as printed by ``terraform show -json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

#: Name, type and records by the resource's address in the configuration.
Records = Mapping[str, tuple[str, str, tuple[str, ...]]]


def plan(before: Records, after: Records) -> str:
    """The plan that changes one set of managed records into another."""
    changes = []
    for address in sorted({*before, *after}):
        old, new = before.get(address), after.get(address)
        actions = ["no-op"] if old == new else ["create"] if old is None else ["update"]
        change = {
            "actions": ["delete"] if new is None else actions,
            "before": _values(old),
            "after": _values(new),
            "after_unknown": {},
            "before_sensitive": {},
            "after_sensitive": {},
        }
        changes.append(
            {
                "address": f"aws_route53_record.{address}",
                "mode": "managed",
                "type": "aws_route53_record",
                "name": address,
                "change": change,
            }
        )
    return json.dumps(
        {"format_version": "1.2", "terraform_version": "1.9.8", "resource_changes": changes}, indent=1
    )


def _values(given: tuple[str, str, tuple[str, ...]] | None) -> dict[str, Any] | None:
    if given is None:
        return None
    name, rrtype, records = given
    return {"fqdn": name, "name": name, "type": rrtype, "ttl": 300, "records": list(records), "alias": []}
