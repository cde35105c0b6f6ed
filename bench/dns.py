"""Our live DNS client compared with dnspython's resolvers: the same queries, the same loopback server.

python bench/dns.py [--queries N] [--in-flight N] [--server ADDR:PORT] [--uvloop]

Prints queries per second and CPU per query of each, and the ratio to dns.asyncresolver; then compares each of
our answers with dnspython's. Exits with 1 if an answer differs or the ratio is under --at-least.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

# Keep this file from shadowing the package dns.
sys.path = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]

import dns.asyncresolver  # noqa: E402 - after the path
import dns.exception  # noqa: E402 - after the path
import dns.resolver  # noqa: E402 - after the path

from mailproof.dns import LiveResolver  # noqa: E402 - after the path

Question = tuple[str, str]
Seen = tuple[str, tuple[str, ...], int, str]


@dataclass(frozen=True)
class Run:
    """One measurement. ``seen``: status, records, TTL and owner for every query."""

    name: str
    wall: float
    cpu: float
    seen: dict[Question, Seen]

    @property
    def rate(self) -> float:
        return len(self.seen) / self.wall


def questions(count: int) -> list[Question]:
    """A fixed mix like an audit's: most names exist, some are aliases, some are absent."""
    mix = (("d", "TXT"), ("d", "MX"), ("d", "A"), ("c", "TXT"), ("d", "AAAA"), ("x", "TXT"))
    return [(f"{mix[i % len(mix)][0]}{i}.test", mix[i % len(mix)][1]) for i in range(count)]


def dnspython_seen(question: Question, ask: Callable[[], dns.resolver.Answer]) -> Seen:
    try:
        found = ask()
    except dns.resolver.NXDOMAIN:
        return ("nxdomain", (), 0, "")
    except dns.resolver.NoAnswer:
        return ("nodata", (), 0, "")
    assert found.rrset is not None
    records = tuple(sorted(rdata.to_text() for rdata in found.rrset))
    return ("ok", records, found.chaining_result.minimum_ttl, found.rrset.name.to_text(True).lower())


async def workers(asked: list[Question], in_flight: int, one: Callable[[Question], Awaitable[None]]) -> None:
    todo: Iterator[Question] = iter(asked)

    async def work() -> None:
        for question in todo:
            await one(question)

    await asyncio.gather(*(work() for _ in range(in_flight)))


def measured(name: str, run: Callable[[], dict[Question, Seen]]) -> Run:
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    seen = run()
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(name, wall, cpu, seen)


def ours(asked: list[Question], host: str, port: int, in_flight: int) -> Run:
    answers = {}

    async def main() -> None:
        async with LiveResolver([f"{host}:{port}"], timeout=5, concurrency=in_flight) as resolver:

            async def one(question: Question) -> None:
                answers[question] = await resolver.query(*question)

            await workers(asked, in_flight, one)

    run = measured("mailproof LiveResolver", lambda: (asyncio.run(main()), {})[1])
    seen: dict[Question, Seen] = {
        question: (
            answer.status,
            tuple(sorted(record.to_text() for record in answer.records)),
            answer.ttl if answer.found else 0,
            answer.owner if answer.found else "",
        )
        for question, answer in answers.items()
    }
    return Run(run.name, run.wall, run.cpu, seen)


def async_dnspython(asked: list[Question], host: str, port: int, in_flight: int) -> Run:
    answers: dict[Question, Seen] = {}

    async def main() -> None:
        resolver = dns.asyncresolver.Resolver(configure=False)
        resolver.nameservers, resolver.port, resolver.lifetime = [host], port, 60

        async def one(question: Question) -> None:
            try:
                found = await resolver.resolve(*question, search=False)
            except dns.exception.DNSException as error:
                caught = error
                answers[question] = dnspython_seen(question, lambda: _raise(caught))
            else:
                answers[question] = dnspython_seen(question, lambda: found)

        await workers(asked, in_flight, one)

    return measured("dns.asyncresolver", lambda: (asyncio.run(main()), answers)[1])


def _raise(error: Exception) -> dns.resolver.Answer:
    raise error


def threads_dnspython(asked: list[Question], host: str, port: int, _in_flight: int) -> Run:
    threads = 32
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port, resolver.lifetime = [host], port, 60

    def one(question: Question) -> tuple[Question, Seen]:
        return question, dnspython_seen(question, lambda: resolver.resolve(*question, search=False))

    def run() -> dict[Question, Seen]:
        with ThreadPoolExecutor(threads) as pool:
            return dict(pool.map(one, asked))

    return measured(f"dns.resolver, {threads} threads", run)


def compare(mine: Run, theirs: Run) -> int:
    differing = [question for question, seen in theirs.seen.items() if mine.seen.get(question) != seen]
    for question in differing[:5]:
        print(f"differs: {question}: ours {mine.seen.get(question)}, theirs {theirs.seen[question]}")
    print(f"{len(theirs.seen) - len(differing)} of {len(theirs.seen)} answers equal those of {theirs.name}")
    return len(differing)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--queries", type=int, default=6000)
    parser.add_argument("--in-flight", type=int, default=500)
    parser.add_argument("--server", help="ask this one (ADDR:PORT) instead of bench/dns_server.py")
    parser.add_argument("--at-least", type=float, default=8.0, help="ratio to dns.asyncresolver")
    parser.add_argument("--uvloop", action="store_true")
    options = parser.parse_args()
    if options.uvloop:
        import uvloop

        uvloop.install()
    server: subprocess.Popen[str] | None = None
    if options.server:
        host, _, port_text = options.server.rpartition(":")
        port = int(port_text)
    else:
        path = Path(__file__).with_name("dns_server.py")
        server = subprocess.Popen([sys.executable, str(path)], stdout=subprocess.PIPE, text=True)
        assert server.stdout is not None
        host, port = "127.0.0.1", int(server.stdout.readline())
    clients = (ours, async_dnspython, threads_dnspython)
    asked = questions(options.queries)
    try:
        for client in clients:  # warm up: the server caches its replies, modules are loaded
            client(asked[:600] if client is not ours else asked, host, port, options.in_flight)
        rounds = [[client(asked, host, port, options.in_flight) for client in clients] for _ in range(3)]
    finally:
        if server is not None:
            server.terminate()
            server.wait()
    mine, *peers = [sorted(runs, key=lambda run: run.wall)[1] for runs in zip(*rounds, strict=True)]
    print(f"{len(asked)} questions, {options.in_flight} in flight, the median of three rounds")
    print(f"{'client':28} {'queries/s':>10} {'CPU ms/query':>13} {'ours is faster by':>18}")
    for run in (mine, *peers):
        cpu = 1000 * run.cpu / len(run.seen)
        print(f"{run.name:28} {run.rate:10,.0f} {cpu:13.3f} {mine.rate / run.rate:17.1f}x")
    differing = sum(compare(mine, peer) for peer in peers)
    slow = mine.rate < options.at_least * peers[0].rate
    if slow:
        print(f"under the aim of {options.at_least} x dns.asyncresolver")
    return 1 if differing or slow else 0


if __name__ == "__main__":
    sys.exit(main())
