"""The software bill of materials of a release: CycloneDX 1.6, made from the lock, the same bytes every time.

It lists what ``./run`` installs to run mailproof: name, version, package URL, the hashes that the lock
accepts, and what needs what.
"""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime

from supply.lock import Pinned

OWN = "mailproof"


def document(version: str, pinned: tuple[Pinned, ...], epoch: int) -> str:
    """The bill as JSON. ``epoch``: SOURCE_DATE_EPOCH of the release."""
    own = {
        "type": "application",
        "bom-ref": _ref(OWN, version),
        "name": OWN,
        "version": version,
        "purl": _ref(OWN, version),
        "licenses": [{"license": {"id": "Apache-2.0"}}],
    }
    references = {each.name: _ref(each.name, each.version) for each in pinned} | {OWN: _ref(OWN, version)}
    needs: dict[str, list[str]] = {reference: [] for reference in references.values()}
    for each in pinned:
        for user in each.needed_by:
            needs[references[user]].append(references[each.name])
    content = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"timestamp": datetime.fromtimestamp(epoch, UTC).isoformat(), "component": own},
        "components": [_component(each) for each in pinned],
        "dependencies": [{"ref": ref, "dependsOn": sorted(used)} for ref, used in sorted(needs.items())],
    }
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(content, sort_keys=True))
    return json.dumps({"serialNumber": f"urn:uuid:{serial}", **content}, indent=2) + "\n"


def _component(each: Pinned) -> dict[str, object]:
    reference = _ref(each.name, each.version)
    component = {"type": "library", "bom-ref": reference, "name": each.name, "version": each.version}
    # Each file for a platform has its own: none is the hash of the component, unless there is one file.
    properties = [("mailproof:sha256-of-a-file", value) for value in each.hashes if len(each.hashes) > 1]
    properties += [("mailproof:only-where", each.where)] if each.where else []
    return {
        **component,
        "purl": reference,
        **({"hashes": [{"alg": "SHA-256", "content": each.hashes[0]}]} if len(each.hashes) == 1 else {}),
        **(
            {"properties": [{"name": name, "value": text} for name, text in properties]} if properties else {}
        ),
    }


def _ref(name: str, version: str) -> str:
    return f"pkg:pypi/{name}@{version}"
