"""BIND as every authoritative server: one process, a view per address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.lab import world
from tests.lab.context import Context, Daemon
from tests.lab.kinds import Address
from tests.lab.zonefiles import ZoneFile, ZoneSet

_OPTIONS = """\
options {{
  directory "{work}";
  pid-file none;
  lock-file none;
  session-keyfile none;
  listen-on port 53 {{ {addresses} }};
  listen-on-v6 port 53 {{ {six}; }};
  recursion no;
  empty-zones-enable no;
  dnssec-validation no;
  notify no;
  allow-transfer {{ none; }};
  minimal-responses yes;
}};
controls {{ }};
"""


def daemons(context: Context, zones: ZoneSet) -> Iterator[Daemon]:
    """Configure named for root, TLD, leaves and a lame server."""
    work = context.folder("named", owner="bind")
    servers = (world.ROOT_SERVER, world.TLD_SERVER, *world.LEAF_SERVERS, world.LAME_SERVER)
    text = _OPTIONS.format(
        work=work, addresses=" ".join(f"{server.ip};" for server in servers), six=world.NS_SIX.ip
    )
    text += _view("root", (world.ROOT_SERVER,), (zones.root,))
    text += _view("tld", (world.TLD_SERVER,), (zones.tld,))
    first, second = world.LEAF_SERVERS
    text += _view("leaf", (first, world.NS_SIX), zones.leaves)
    others = tuple(replace(zone, path=zone.second or zone.path) for zone in zones.leaves)
    text += _view("leaf-second", (second,), others)
    text += _view("lame", (world.LAME_SERVER,), ())
    config = context.write("named.conf", text)
    yield Daemon(
        "named",
        "dns",
        ("/usr/sbin/named", "-g", "-n", "1", "-u", "bind", "-c", str(config)),
        tuple((server.ip, 53) for server in (*servers, world.NS_SIX)),
    )


def _view(name: str, addresses: tuple[Address, ...], zones: tuple[ZoneFile, ...]) -> str:
    matches = " ".join(f"{address.ip};" for address in addresses)
    files = "\n".join(f'  zone "{zone.origin}" {{ type primary; file "{zone.path}"; }};' for zone in zones)
    return f'view "{name}" {{\n  match-destinations {{ {matches} }};\n{files}\n}};\n'
