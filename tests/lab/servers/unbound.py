"""Unbound, the validating resolver of all hosts: plain DNS, DNS over TLS and over HTTPS."""

from __future__ import annotations

from collections.abc import Iterator

from tests.lab import world
from tests.lab.context import Context, Daemon
from tests.lab.zonefiles import ZoneSet

_CONFIG = """\
server:
  directory: "{work}"
  chroot: ""
  username: "unbound"
  pidfile: ""
  use-syslog: no
  logfile: ""
  verbosity: 1
  num-threads: 1
  interface: {ip}
  interface: {six}
  interface: {ip}@853
  interface: {ip}@443
  tls-service-pem: "{certificate}"
  tls-service-key: "{key}"
  access-control: 0.0.0.0/0 allow
  access-control: ::0/0 allow
  root-hints: "{hints}"
  trust-anchor-file: "{anchor}"
  module-config: "validator iterator"
  ede: yes
  qname-minimisation: yes
  do-not-query-localhost: no
  local-zone: "test." nodefault
  local-zone: "2.0.192.in-addr.arpa." nodefault
  local-zone: "100.51.198.in-addr.arpa." nodefault
  local-zone: "113.0.203.in-addr.arpa." nodefault
  local-zone: "{reverse_six}." nodefault
remote-control:
  control-enable: no
"""


def daemons(context: Context, zones: ZoneSet) -> Iterator[Daemon]:
    """Configure unbound with the laboratory's root and trust anchor."""
    work = context.folder("unbound", owner="unbound")
    root = world.ROOT_SERVER
    hints = context.write("unbound/hints", f". 3600 NS {root.name}.\n{root.name}. 3600 A {root.ip}\n")
    anchor = context.write("unbound/anchor", zones.anchor.read_text())
    certificate, key = context.pki.issue(world.RESOLVER.name)
    config = context.write(
        "unbound.conf",
        _CONFIG.format(
            work=work,
            ip=world.RESOLVER.ip,
            six=world.RESOLVER_SIX.ip,
            reverse_six=world.REVERSE_SIX,
            hints=hints,
            anchor=anchor,
            certificate=certificate,
            key=key,
        ),
    )
    ports = tuple((world.RESOLVER.ip, port) for port in (53, 853, 443))
    ports = (*ports, (world.RESOLVER_SIX.ip, 53))
    yield Daemon("unbound", "resolver", ("/usr/sbin/unbound", "-d", "-c", str(config)), ports)
