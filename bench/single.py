"""One domain with a nested SPF record, 20 ms per lookup, whole processes: mailproof compared with its peers.

python bench/single.py [--delay MS] [--runs N] [--no-peers] [--at-least RATIO]

A loopback name server answers each query after the delay, and counts them. checkdmarc is the version that
mailproof depends on; domain-email-records (which looks up MX, SPF and DMARC without evaluating them) goes
into a separate virtual environment under .cache. The peers only support port 53, so without permission to
bind it they are skipped. Exits with 1 if mailproof is less than --at-least times faster than checkdmarc.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import cast

# Keep bench/dns.py from shadowing the package dns.
sys.path = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]

import dns.exception  # noqa: E402 - after the path
import dns.flags  # noqa: E402 - after the path
import dns.message  # noqa: E402 - after the path

from mailproof.adapters.dnspython_bridge import response_to  # noqa: E402 - after the path
from mailproof.dns import ZoneResolver  # noqa: E402 - after the path

ROOT = Path(__file__).resolve().parents[1]
ZONE = ROOT / "fixtures" / "zones" / "bench" / "nested.zone"
ADDRESS = "127.0.53.1"
PEER_VENV = ROOT / ".cache" / "bench" / "domain-email-records"
PEER = "domain-email-records==0.5.2"


class SlowServer:
    """Answers from a zone after a delay, over UDP and TCP; ``asked`` are the queries with timestamps."""

    def __init__(self, zone: ZoneResolver, delay: float) -> None:
        self.zone = zone
        self.delay = delay
        self.asked: list[tuple[float, str]] = []
        self.port = 0
        self._ready = threading.Event()
        self._ready_made: dict[bytes, tuple[str, bytes]] = {}
        self.error: OSError | None = None

    def start(self, address: str, port: int) -> None:
        threading.Thread(target=lambda: asyncio.run(self._serve(address, port)), daemon=True).start()
        self._ready.wait()
        if self.error is not None:
            raise self.error

    async def _serve(self, address: str, port: int) -> None:
        loop = asyncio.get_running_loop()
        try:
            transport, _ = await loop.create_datagram_endpoint(
                lambda: _Datagrams(self), local_addr=(address, port)
            )
            self.port = transport.get_extra_info("sockname")[1]
            await asyncio.start_server(self._stream, address, self.port)
        except OSError as error:
            self.error = error
            return
        finally:
            self._ready.set()
        await asyncio.Event().wait()

    def reply(self, wire: bytes, most: int) -> bytes:
        moment = time.perf_counter()
        ready = self._ready_made.get(wire[2:])
        if ready is None:
            ready = self._ready_made[wire[2:]] = self._made(wire, most)
        question, rest = ready
        self.asked.append((moment, question))
        return wire[:2] + rest

    def _made(self, wire: bytes, most: int) -> tuple[str, bytes]:
        """The question and the answer without its id, cached so that later runs only wait for the delay."""
        request = dns.message.from_wire(wire)
        assert isinstance(request, dns.message.QueryMessage)
        question = request.question[0]
        name, rrtype = question.name.to_text(omit_final_dot=True), question.rdtype.name
        response = response_to(request, self.zone.known(name, rrtype))
        try:
            made = response.to_wire(max_size=min(most, max(512, request.payload)))
        except dns.exception.TooBig:
            truncated = dns.message.make_response(request)
            truncated.flags |= dns.flags.TC
            made = truncated.to_wire()
        return f"{rrtype} {name}", made[2:]

    async def _stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                wire = await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
                answer = self.reply(wire, 65535)
                await asyncio.sleep(self.delay)
                writer.write(len(answer).to_bytes(2, "big") + answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: SlowServer) -> None:
        self.server = server
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        assert self.transport is not None
        answer = self.server.reply(data, 65535)
        asyncio.get_running_loop().call_later(self.server.delay, self.transport.sendto, answer, addr)


@dataclass(frozen=True)
class Measured:
    """Medians over the runs. ``rounds``: waves of queries, separated by gaps of over half the delay."""

    tool: str
    wall: float
    start_up: float
    questions: int
    rounds: int


def waves(asked: list[tuple[float, str]], delay: float) -> int:
    times = [moment for moment, _ in asked]
    return 1 + sum(later - earlier > delay / 2 for earlier, later in pairwise(times))


def run(command: list[str], okay: Callable[[int], bool] = lambda code: code == 0) -> float:
    begun = time.perf_counter()
    environment = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
    wall = time.perf_counter() - begun
    if not okay(done.returncode):
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return wall


def measure(tool: str, command: list[str], idle: list[str], server: SlowServer, runs: int) -> Measured:
    walls, counts, rounds, idles = [], [], [], []
    run(command, lambda code: code in (0, 1))
    for _ in range(runs):
        idles.append(run(idle))
        server.asked.clear()
        # mailproof's exit code 1 means a finding.
        walls.append(run(command, lambda code: code in (0, 1)))
        counts.append(len(server.asked))
        rounds.append(waves(server.asked, server.delay) if server.asked else 0)
    return Measured(
        tool,
        statistics.median(walls),
        statistics.median(idles),
        int(statistics.median(counts)),
        int(statistics.median(rounds)),
    )


def peer_command() -> str:
    """The path of the peer's program, which is installed on the first run."""
    program = PEER_VENV / "bin" / "domain-email-records"
    if not program.exists():
        venv.create(PEER_VENV, with_pip=True)
        pip = [str(PEER_VENV / "bin" / "python"), "-m", "pip", "install", "-q", PEER]
        subprocess.run(pip, check=True)
    return str(program)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--delay", type=float, default=20.0, help="of each answer, in ms")
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--no-peers", action="store_true")
    options.add_argument("--at-least", type=float, default=5.0)
    given = options.parse_args()

    server = SlowServer(ZoneResolver.from_file(ZONE, origin="."), given.delay / 1000)
    peers = not given.no_peers
    try:
        server.start(ADDRESS, 53)
    except OSError as error:
        print(f"port 53 of {ADDRESS}: {error.strerror}; the peers are left out")
        peers = False
        server = SlowServer(server.zone, server.delay)
        server.start(ADDRESS, 0)

    scripts = Path(sys.executable).parent
    ours, theirs = str(scripts / "mailproof"), str(scripts / "checkdmarc")
    place = f"{ADDRESS}:{server.port}"
    results = [
        measure(
            "mailproof audit",
            [ours, "audit", "acme.example", "--no-connect", "--nameserver", place],
            [ours, "--help"],
            server,
            given.runs,
        )
    ]
    if peers:
        plain = peer_command()
        results += [
            measure(
                "checkdmarc",
                [theirs, "acme.example", "-n", ADDRESS],
                [theirs, "--version"],
                server,
                given.runs,
            ),
            measure(
                "domain-email-records",
                [plain, "-q", "-n", ADDRESS, "-d", "acme.example"],
                [plain, "--help"],
                server,
                given.runs,
            ),
        ]
    print(f"one domain, {given.delay:g} ms a look-up, median of {given.runs} whole processes")
    print(f"{'tool':22} {'wall s':>7} {'start s':>8} {'questions':>10} {'rounds':>7} {'× ours':>7}")
    for each in results:
        ratio = each.wall / results[0].wall
        print(
            f"{each.tool:22} {each.wall:7.2f} {each.start_up:8.2f} {each.questions:10d} {each.rounds:7d} "
            f"{ratio:7.2f}"
        )
    if peers and results[1].wall < given.at_least * results[0].wall:
        sys.exit(f"mailproof is less than {given.at_least:g} times faster than checkdmarc")


if __name__ == "__main__":
    main()
