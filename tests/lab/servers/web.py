"""nginx with the MTA-STS policies and a BIMI logo, with a certificate per host name."""

from __future__ import annotations

from collections.abc import Iterator

from tests.lab import world
from tests.lab.context import Context, Daemon
from tests.lab.kinds import Site

_MAIN = """\
user www-data;
worker_processes 1;
pid {root}/nginx.pid;
error_log stderr notice;
daemon off;
events {{ worker_connections 64; }}
http {{
  access_log {root}/log/nginx-access.log;
  server_tokens off;
  types {{ text/plain txt; image/svg+xml svg; }}
{servers}}}
"""
_SERVER = """\
  server {{
    listen {ip}:443 ssl;
    server_name {name};
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    root {folder};
  }}
"""
_POLICY = "version: STSv1\r\nmode: {mode}\r\nmx: {mx}\r\nmax_age: 1209600\r\n"
LOGO = """\
<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" viewBox="0 0 100 100">
  <title>Complete</title>
  <rect width="100" height="100" fill="#204080"/>
  <circle cx="50" cy="50" r="30" fill="#ffffff"/>
</svg>
"""


def daemons(context: Context) -> Iterator[Daemon]:
    """Configure the web server."""
    servers = "".join(_server(context, site) for site in world.SITES)
    config = context.write("nginx.conf", _MAIN.format(root=context.root, servers=servers))
    argv = ("/usr/sbin/nginx", "-e", "stderr", "-c", str(config))
    yield Daemon("nginx", "web", argv, ((world.WEB.ip, 443),))


def _server(context: Context, site: Site) -> str:
    folder = context.folder(f"web/{site.name}")
    if site.mx:
        policy = _POLICY.format(mode=site.mode, mx=site.mx)
        context.write(f"web/{site.name}/.well-known/mta-sts.txt", policy)
    if site.logo:
        context.write(f"web/{site.name}/logo.svg", LOGO)
    certificate, key = context.pki.issue(site.name, site.certificate)
    return _SERVER.format(ip=world.WEB.ip, name=site.name, certificate=certificate, key=key, folder=folder)
