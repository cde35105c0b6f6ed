"""Reads the output of ``dnscontrol print-ir``: all zones of a dnsconfig.js, evaluated.

A zone with NO_PURGE or IGNORE may have unlisted records: a record not listed is then not missing.
"""

from __future__ import annotations

from mailproof.dns.inputs.contents import (
    PROXIED,
    Contents,
    Gathered,
    absolute_name,
    caa_data,
    joined,
    owner_of,
    parse_rdata,
    text_record,
)
from mailproof.dns.inputs.located import Node

#: The fields of the data, in zone file order.
_FIELDS = {
    "MX": ("mxpreference", "target"),
    "CAA": ("caaflag", "caatag", "target"),
    "TLSA": ("tlsausage", "tlsaselector", "tlsamatchingtype", "target"),
    "SRV": ("srvpriority", "srvweight", "srvport", "target"),
    "DS": ("dskeytag", "dsalgorithm", "dsdigesttype", "dsdigest"),
    "SSHFP": ("sshfpalgorithm", "sshfpfingerprint", "target"),
    "NAPTR": ("naptrorder", "naptrpreference", "naptrflags", "naptrservice", "naptrregexp", "target"),
    "SVCB": ("svcpriority", "target", "svcparams"),
    "HTTPS": ("svcpriority", "target", "svcparams"),
}
#: Fields written in quotes.
_QUOTED = {"naptrflags", "naptrservice", "naptrregexp"}
#: Fields that are texts; the others are numbers, which dnscontrol leaves out if they are 0.
_TEXTS = {*_QUOTED, "target", "caatag", "dsdigest", "svcparams"}
#: Lists of names that dnscontrol leaves alone; the later ones are of versions before 4.
_UNMANAGED = ("unmanaged", "ignored_names", "ignored_targets")
#: Records that a provider turns into addresses.
_ADDRESS_ALIASES = {"ALIAS", "ANAME", "R53_ALIAS", "AZURE_ALIAS", "CLOUDFLAREAPI_SINGLE_REDIRECT"}


def is_dnscontrol(root: Node) -> bool:
    """Whether the JSON has this format."""
    if any(each.get("name") and each.get("records") for each in root.array("domains")):
        return True
    return bool(root.get("domains") and (root.get("registrars") or root.get("dns_providers")))


def read_dnscontrol(root: Node) -> Contents:
    """The zones. Raises ZoneFileError."""
    if not root.array("domains"):
        raise root.place.fault("no domains in it: print it with `dnscontrol print-ir`")
    parts: dict[str, Contents] = {}
    for domain in root.array("domains"):
        name = domain.text("name").partition("!")[0]
        zone = owner_of(name, domain.place)
        if zone in parts:
            raise domain.place.fault(
                f"{zone} is there more than once (split horizon): keep the view that the Internet sees"
            )
        parts[zone] = _zone(domain, zone)
    return joined(list(parts.values()))


def _zone(domain: Node, zone: str) -> Contents:
    keeps = domain.is_true("keepunknown") or any(map(domain.each, _UNMANAGED))
    gathered = Gathered(domain.place.file, zone, whole=not keeps)
    for record in domain.each("records"):
        _record(record, zone, gathered, domain.text("meta", "cloudflare_proxy_default"))
    return gathered.contents()


def _record(record: Node, zone: str, gathered: Gathered, proxy: str) -> None:
    place = record.place
    rrtype = record.text("type").upper()
    owner = owner_of(absolute_name(record.text("name") or "@", zone), place)
    if rrtype in _ADDRESS_ALIASES:
        gathered.addresses(owner, f"{rrtype} at {owner}: the provider fills in the addresses")
        return
    if not gathered.reads(owner, rrtype, place):
        return
    proxy = record.text("meta", "cloudflare_proxy") or proxy
    flattened = rrtype == "CNAME" and record.text("meta", "cloudflare_cname_flatten") == "on"
    if (rrtype in PROXIED and proxy in ("on", "full")) or flattened:
        gathered.proxied(owner)
        return
    if rrtype in ("TXT", "SPF"):
        rdata = text_record(record.text("target"), place)
    else:
        words = (_word(record, key) for key in _FIELDS.get(rrtype, ("target",)))
        data = " ".join(words) if rrtype != "CAA" else caa_data(*words)
        rdata = parse_rdata(rrtype, data.strip(), place, zone)
    gathered.add(owner, rrtype, rdata, record.number("ttl", 300) or 300, place.of(record.get("target")))


def _word(record: Node, key: str) -> str:
    text = record.text(key)
    return f'"{text}"' if key in _QUOTED else text if text or key in _TEXTS else "0"
