"""A name server that never answers, like a filtered port 53."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator

from tests.lab import world
from tests.lab.context import Context, Daemon


def daemons(context: Context) -> Iterator[Daemon]:
    """The silent server, on its address of the DNS host."""
    ip = world.SILENT_SERVER.ip
    yield Daemon("silent", "dns", (context.python, "-m", "tests.lab.servers.silent", ip), ((ip, 53),))


def main(ip: str) -> None:
    """Bind port 53 and read nothing."""
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind((ip, 53))
    tcp = socket.create_server((ip, 53))
    while True:
        time.sleep(3600)
        tcp.fileno()  # both sockets stay referenced, so that neither is closed


if __name__ == "__main__":
    main(sys.argv[1])
