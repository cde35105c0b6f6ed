"""Misbehaving servers on loopback: silent, hanging, or sending nonsense."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

NOISE = random.Random(7).randbytes(4000)


@contextmanager
def tcp_server(greeting: bytes, *, close: bool = False, endless: bool = False) -> Iterator[int]:
    """Send ``greeting`` to each client (repeatedly if ``endless``), then nothing. Yields the port."""

    def talk(client: socket.socket) -> None:
        client.sendall(greeting)
        while endless:
            client.sendall(greeting)

    with _listening(talk, close) as port:
        yield port


@contextmanager
def _listening(talk: Callable[[socket.socket], None], close: bool) -> Iterator[int]:
    clients: list[socket.socket] = []

    def serve(client: socket.socket) -> None:
        with suppress(OSError):
            talk(client)
        if close:
            client.close()

    def accept(server: socket.socket) -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            clients.append(client)
            threading.Thread(target=serve, args=(client,), daemon=True).start()

    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(64)
        threading.Thread(target=accept, args=(server,), daemon=True).start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            for client in clients:
                client.close()


@contextmanager
def dns_server(answer: Callable[[bytes], bytes]) -> Iterator[str]:
    """Answer each UDP query with ``answer(query)``; b"" means no answer. Yields ``host:port``."""

    def serve(server: socket.socket) -> None:
        while True:
            try:
                question, client = server.recvfrom(4096)
                reply = answer(question)
                if reply:
                    server.sendto(reply, client)
            except OSError:
                return

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(60)
        threading.Thread(target=serve, args=(server,), daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
