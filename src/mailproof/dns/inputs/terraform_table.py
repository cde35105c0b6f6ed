"""The resource types of Terraform's and OpenTofu's providers that are DNS records, and their attributes.

To add a provider: a row here, and its line in ``fixtures/inputs/terraform-providers.json``.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Row(Struct, frozen=True):
    """One resource type. The fields name its attributes; of several, the first that is set counts.

    ``full``: attributes with the full name. ``name``: one with a name relative to the zone, which is given by
    ``zone``, or by the resource behind ``zone_id``. ``rrtype``: the attribute with the type, or (in upper
    case) the type itself. ``values``: the data; if these are objects, their ``fields`` in zone file order.
    ``before``: attributes that precede the host: the first one in an MX record, all in an SRV record.
    ``part``: a resource is a single record, and there may be others of the same name and type.
    ``bare``: a TXT value is the text between the quotes of a zone file. ``in_zone``: hosts without a final
    dot are relative to the zone. ``filled``: if one of these is set, the provider chooses the answer.
    ``joins``: the provider always appends the zone to the name, even if that already ends in the zone.
    ``texts``: further types that the provider publishes as TXT. ``splits``: a TXT value without quotes is
    split at its spaces.
    """

    values: tuple[str, ...] = ("records",)
    fields: tuple[str, ...] = ()
    rrtype: str = "type"
    name: str = "name"
    full: tuple[str, ...] = ()
    zone: tuple[str, ...] = ()
    zone_id: str = ""
    before: tuple[str, ...] = ()
    ttl: tuple[str, ...] = ("ttl",)
    part: bool = False
    bare: bool = False
    in_zone: bool = False
    filled: tuple[str, ...] = ()
    joins: bool = False
    texts: tuple[str, ...] = ()
    splits: bool = False


class ZoneRow(Struct, frozen=True):
    """A resource type that is a zone: its attributes with the id and the name."""

    ids: tuple[str, ...] = ("id",)
    names: tuple[str, ...] = ("name",)


ZONES: Mapping[str, ZoneRow] = {
    "aws_route53_zone": ZoneRow(("zone_id", "id")),
    "azurerm_dns_zone": ZoneRow(),
    "cloudflare_zone": ZoneRow(names=("zone", "name")),
    "desec_domain": ZoneRow(),
    "digitalocean_domain": ZoneRow(),
    "dnsimple_zone": ZoneRow(),
    "gandi_livedns_domain": ZoneRow(),
    "google_dns_managed_zone": ZoneRow(("name",), ("dns_name",)),
    "hcloud_zone": ZoneRow(("id", "name")),
    "hetznerdns_zone": ZoneRow(),
    "linode_domain": ZoneRow(names=("domain",)),
    "ovh_domain_zone": ZoneRow(),
    "powerdns_zone": ZoneRow(),
    "vultr_dns_domain": ZoneRow(names=("domain",)),
}


def _azure(rrtype: str, *fields: str, values: str = "records") -> Row:
    filled = ("target_resource_id",)
    return Row((values,), fields, rrtype, zone=("zone_name",), filled=filled, joins=True)


def _rfc2136(rrtype: str, values: str, *fields: str) -> Row:
    return Row((values,), fields, rrtype, zone=("zone",), joins=True)


_CLOUDFLARE = Row(("content", "value"), full=("hostname",), zone_id="zone_id", part=True)
_NUMBERS = ("priority", "weight", "port")
_SRV = (*_NUMBERS, "target")

RECORDS: Mapping[str, Row] = {
    "aws_route53_record": Row(
        full=("fqdn",), zone_id="zone_id", bare=True, filled=("alias", "set_identifier")
    ),
    "azurerm_dns_a_record": _azure("A"),
    "azurerm_dns_aaaa_record": _azure("AAAA"),
    "azurerm_dns_caa_record": _azure("CAA", "flags", "tag", "value", values="record"),
    "azurerm_dns_cname_record": _azure("CNAME", values="record"),
    "azurerm_dns_mx_record": _azure("MX", "preference", "exchange", values="record"),
    "azurerm_dns_ns_record": _azure("NS"),
    "azurerm_dns_ptr_record": _azure("PTR"),
    "azurerm_dns_srv_record": _azure("SRV", *_SRV, values="record"),
    "azurerm_dns_txt_record": _azure("TXT", "value", values="record"),
    "cloudflare_dns_record": _CLOUDFLARE,
    "cloudflare_record": _CLOUDFLARE,
    "desec_rrset": Row(name="subname", zone=("domain",), joins=True),
    "digitalocean_record": Row(
        ("value",), full=("fqdn",), zone=("domain",), before=_NUMBERS, part=True, in_zone=True, joins=True
    ),
    "dns_a_record_set": _rfc2136("A", "addresses"),
    "dns_aaaa_record_set": _rfc2136("AAAA", "addresses"),
    "dns_cname_record": _rfc2136("CNAME", "cname"),
    "dns_mx_record_set": _rfc2136("MX", "mx", "preference", "exchange"),
    "dns_ns_record_set": _rfc2136("NS", "nameservers"),
    "dns_srv_record_set": _rfc2136("SRV", "srv", *_SRV),
    "dns_txt_record_set": _rfc2136("TXT", "txt"),
    "dnsimple_zone_record": Row(
        ("value",), full=("qualified_name",), zone=("zone_name",), before=("priority",), part=True
    ),
    "gandi_livedns_record": Row(("values",), zone=("zone",), in_zone=True),
    "google_dns_record_set": Row(
        ("rrdatas",), full=("name",), zone_id="managed_zone", filled=("routing_policy",), splits=True
    ),
    "hcloud_zone_rrset": Row(fields=("value",), zone=("zone",), zone_id="zone", in_zone=True, joins=True),
    "hetznerdns_record": Row(("value",), zone_id="zone_id", part=True, in_zone=True, joins=True),
    "linode_domain_record": Row(
        ("target",),
        rrtype="record_type",
        zone_id="domain_id",
        before=_NUMBERS,
        ttl=("ttl_sec",),
        part=True,
    ),
    "ns1_record": Row(("answers",), fields=("answer",), full=("domain",), filled=("link", "filters")),
    "ovh_domain_zone_record": Row(
        ("target",),
        rrtype="fieldtype",
        name="subdomain",
        zone=("zone",),
        part=True,
        in_zone=True,
        joins=True,
        texts=("SPF", "DKIM", "DMARC"),
    ),
    "powerdns_record": Row(full=("name",)),
    "scaleway_domain_record": Row(
        ("data",),
        full=("fqdn",),
        zone=("dns_zone",),
        before=("priority",),
        part=True,
        in_zone=True,
        filled=("geo_ip", "http_service", "weighted", "view"),
    ),
    "vultr_dns_record": Row(("data",), zone=("domain",), before=("priority",), part=True),
}
