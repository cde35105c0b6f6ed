"""The supported file formats, and their detection from a file's content."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from mailproof.dns.inputs.cloudflare import is_cloudflare, read_cloudflare, take_replaced
from mailproof.dns.inputs.contents import Contents, Gathered
from mailproof.dns.inputs.hcl import is_hcl
from mailproof.dns.inputs.located import Node, read_json
from mailproof.dns.inputs.octodns import is_octodns, read_octodns
from mailproof.dns.inputs.terraform_source import read_source
from mailproof.dns.patch import MARK, read_patches
from mailproof.dns.zone.build import apexes
from mailproof.dns.zone.limits import ZoneLimits
from mailproof.dns.zone.scan import ZONE_READ
from mailproof.dns.zone.source import Budget, Source, decode
from mailproof.dns.zonefile import ZoneFile
from mailproof.errors import ZoneFileError
from mailproof.files import read_whole, unpacked_by

#: How JSON begins; a line of ``knotc zone-read`` begins with its zone in brackets.
JSON = re.compile(rf"\s*(?!{ZONE_READ.pattern})[\[{{]")
#: How formats begin that are not read, and what to do instead.
_NOT_READ = {
    rb"\x00\x00\x00\x02\x00": "BIND's raw format: convert it (named-compilezone -f raw -o FILE ZONE RAW)",
    rb"(?:#.*\n|\s)*[.&=+@'^CZ:%-][\w.*-]+:\S*:": "data of tinydns is not read: transfer its zone (--axfr)",
}
#: Extensions of files that are always Terraform or OpenTofu source.
SOURCES = (".tf", ".tofu")


class JsonForm(Struct, frozen=True):
    """A JSON format. ``title`` is its name in messages."""

    name: str
    title: str
    fits: Callable[[Node], bool]
    read: Callable[[Node], Contents]


def json_forms() -> tuple[JsonForm, ...]:
    """The supported JSON formats."""
    from mailproof.dns.inputs import dnscontrol, exports, pulumi, terraform

    return (
        JsonForm("dnscontrol", "dnscontrol print-ir", dnscontrol.is_dnscontrol, dnscontrol.read_dnscontrol),
        JsonForm("route53", "a Route 53 export", exports.ROUTE53.fits, exports.ROUTE53.read),
        JsonForm("cloudflare", "a Cloudflare export", is_cloudflare, read_cloudflare),
        JsonForm("google", "gcloud dns record-sets list", exports.GOOGLE.fits, exports.GOOGLE.read),
        JsonForm("powerdns", "a zone of PowerDNS' API", exports.POWERDNS.fits, exports.POWERDNS.read),
        JsonForm("pulumi", "pulumi preview --json or stack export", pulumi.is_pulumi, pulumi.read_pulumi),
        JsonForm("terraform", "terraform show -json", terraform.is_terraform, terraform.read_terraform),
    )


def read_input(path: str | os.PathLike[str], form: str = "") -> Contents:
    """The DNS data of a file. The format is ``form``, or detected from the content. Raises ZoneFileError."""
    file, limits = Path(path), ZoneLimits()
    text = _read(file, limits.file_bytes)
    if text.partition("\n")[0].strip() == MARK:
        return Contents(changes=read_patches(text, str(file)), proposed=True)
    if form == "octodns" or (not form and is_octodns(text)):
        return read_octodns(file)
    if form == "tf" or (not form and (file.suffix in SOURCES or is_hcl(text))):
        return read_source(text, str(file))
    if form == "zone" or (not form and not JSON.match(text)):
        source = Source.of_text(text, file, Budget(limits, bytes=len(text)))
        return _zone(ZoneFile(source, None, limits))
    root = read_json(text, str(file))
    for each in json_forms():
        if each.name == form or (not form and each.fits(root)):
            return each.read(root)
    known = ", ".join(each.title for each in json_forms())
    raise root.place.fault(f"JSON of a form that is not known. Known are: {known}")


def _zone(zone: ZoneFile) -> Contents:
    """A zone file; what its name servers answer with other records is ``unstated``."""
    reader = zone.reader
    gathered = Gathered(reader.source.file, "", whole=False)
    take_replaced(reader, gathered)
    for alias in reader.aliases:
        for kind in alias.kinds:
            gathered.unstated(
                alias.owner, kind, f"{alias.by} at {alias.owner}: the server computes the answer"
            )
    reader.aliases.clear()
    domains = tuple(filter(None, apexes(reader)))
    return Contents(zones=(zone,), changes=gathered.changes, domains=domains)


def _read(file: Path, most: int) -> str:
    raw = read_whole(file, most, ZoneFileError, f"larger than the limit of {most} octets")
    if command := unpacked_by(raw):
        raise ZoneFileError(f"it is compressed: unpack it first ({command})", file=str(file))
    for beginning, instead in _NOT_READ.items():
        if re.match(beginning, raw):
            raise ZoneFileError(instead, file=str(file))
    return decode(raw)
