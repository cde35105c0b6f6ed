"""Many domains: mailproof bulk compared with its peers on a synthetic world, one after the other in one run.

python bench/bulk.py [--domains N] [--delay MS …] [--seed S] [--only NAME …] [--peers-domains N] [--go FILE]

Prints a table for each delay: domains per second, CPU per domain, queries per domain on the wire (cached ones
are not sent again), the memory of the largest process, and the ratio to mailproof. NSD serves the world of
bench/bulk_world.py; dnsdist in front of it delays answers, drops those of silent domains and counts queries,
on 127.0.53.1, port 53, as root (both from Debian). They share the two cores with every program alike. Slow
peers get the first --peers-domains of the list. `--only killed` kills mailproof with -9 halfway and continues
with --resume. Not covered: real resolvers and their caches.

`go` is GCA's domain-security-scanner, which is not included and which you build yourself: its pkg/scanner,
with your own main that takes FILE NAMESERVER:PORT CONCURRENCY, scans the names in FILE with
scanner.New(logger, 2 s, WithNameservers, WithConcurrentScans), and writes the results as JSON lines. Debian
has golang-go and its imports (golang-github-miekg-dns-dev, -pkg-errors-dev, -rs-zerolog-dev), except a
goroutine pool (ants) and an expiring map (go-cache). Give the program with --go or MAILPROOF_BENCH_GO.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.bulk_world import World, domains, serving

ADDRESS, PORT = "127.0.53.1", 53
ROOT = Path(__file__).resolve().parents[1]
PEER = "domain-email-records==0.5.2"
PEER_VENV = ROOT / ".cache" / "domain-email-records"
#: Concurrency of GCA's scanner: at 20 ms, 32 gave 134 domains per second, 256 gave 336, 1,024 gave 353.
GO_WIDTH = 1_024
#: The bare client sends the queries of a full report on each domain, which take a minute to collect.
BARE_DOMAINS = 2_000
#: The library at its best on two cores: several processes with threads.
CHECKDMARC = """
import sys, concurrent.futures as f
import checkdmarc
names = open(sys.argv[1]).read().split()[int(sys.argv[2])::2]
def one(name):
    try: checkdmarc.check_domains([name], nameservers=[sys.argv[3]], timeout=2.0)
    except Exception: pass
with f.ThreadPoolExecutor(32) as pool: list(pool.map(one, names))
"""
#: Only our queries: the speed of the DNS client alone.
BARE = """
import asyncio, json, sys
from mailproof.dns import LiveResolver
questions = [tuple(each) for each in json.load(open(sys.argv[1]))][int(sys.argv[2])::2]
async def main():
    resolver, gate = LiveResolver(nameservers=(sys.argv[3],)), asyncio.Semaphore(500)
    async def one(question):
        async with gate: await resolver.query(*question)
    for start in range(0, len(questions), 5000):
        await asyncio.gather(*map(one, questions[start:start + 5000]))
    await resolver.aclose()
asyncio.run(main())
"""


@dataclass(frozen=True)
class Result:
    """A result: seconds, queries, peak MB of the largest process (overall, in the first tenth)."""

    name: str
    domains: int
    wall: float
    cpu: float
    memory: float
    early: float
    asked: int = 0


def timed(name: str, count: int, commands: list[list[str]], okay: Callable[[int], bool]) -> Result:
    """Run the commands concurrently to completion."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    running = [
        subprocess.Popen(each, stdout=subprocess.DEVNULL, env={**os.environ, "NO_COLOR": "1"})
        for each in commands
    ]
    sizes = [0]
    while any(each.poll() is None for each in running):
        sizes.append(max(map(_largest, (each.pid for each in running))))
        time.sleep(0.2)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if not all(okay(each.returncode) for each in running):
        sys.exit(f"{name} failed: {[each.returncode for each in running]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    early = max(sizes[: len(sizes) // 10 + 1])
    return Result(name, count, wall, cpu, max(sizes) / 1024, early / 1024)


def _largest(pid: int) -> int:
    """The resident memory (kB) of a process or of its largest child."""
    found = [0]
    for each in (pid, *_children(pid)):
        try:
            status = Path(f"/proc/{each}/status").read_text()
        except OSError:
            continue
        found += [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")]
    return max(found)


def _children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def ours(folder: Path, names: list[str]) -> Result:
    out = folder / "ours.jsonl"
    found = timed("mailproof bulk", len(names), [_bulk(folder, names, out)], lambda code: code in (0, 3))
    _counted(out, names)
    print(f"mailproof: {found.early:.0f} MB in the first tenth, {found.memory:.0f} MB at most")
    return found


def killed(folder: Path, names: list[str]) -> Result:
    """Kill the run halfway, then resume it. The CPU time per domain is that of the second half."""
    out, began = folder / "killed.jsonl", time.perf_counter()
    command = _bulk(folder, names, out)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as first:
        while first.poll() is None and _lines(out) < len(names) // 2:
            time.sleep(0.5)
        first.kill()
    took, done = time.perf_counter() - began, _lines(out)
    print(f"mailproof: killed with {done} of {len(names)} rows")
    title = "mailproof bulk, killed and resumed"
    found = timed(title, len(names), [[*command, "--resume"]], lambda code: code in (0, 3))
    _counted(out, names)
    return replace(found, wall=found.wall + took, cpu=found.cpu * len(names) / (len(names) - done))


def _bulk(folder: Path, names: list[str], out: Path) -> list[str]:
    command = [sys.executable, "-m", "mailproof", "bulk", str(_list(folder, names)), "-o", str(out), "-q"]
    return [*command, "--workers", "2", "--nameserver", f"{ADDRESS}:{PORT}"]


def _lines(place: Path) -> int:
    if not place.exists():
        return 0
    with place.open("rb") as rows:
        return sum(1 for _ in rows)


def _counted(out: Path, names: list[str]) -> None:
    """Check that each domain is there once, and print the statistics of the rows."""
    seen, queries, unknown = [], 0, 0
    with out.open() as rows:
        for line in rows:
            row = json.loads(line)
            seen.append(row["domain"])
            queries += row["queries"]
            unknown += not row["complete"]
    if sorted(seen) != sorted(names):
        sys.exit("mailproof bulk: not every domain is there once")
    each = queries / len(seen)
    print(
        f"mailproof: {each:.1f} questions a domain with cached ones, {unknown} of {len(seen)} unknown in part"
    )


def bare(folder: Path, names: list[str]) -> Result:
    """Send the queries of one audit of each domain, without duplicates."""
    report = folder / "full.jsonl"
    subprocess.run([*_bulk(folder, names, report), "--detail", "full"], check=False)
    asked: dict[tuple[str, str], None] = {}
    with report.open() as lines:
        for line in lines:
            full = json.loads(line).get("report")
            for each in full["facts"]["dns"]["lookups"] if full else ():
                asked[each["name"], each["rrtype"]] = None
    questions = folder / "questions.json"
    questions.write_text(json.dumps(list(asked)))
    commands = [
        [sys.executable, "-c", BARE, str(questions), str(half), f"{ADDRESS}:{PORT}"] for half in (0, 1)
    ]
    found = timed("bare, our questions", len(names), commands, lambda code: code == 0)
    return replace(found, asked=len(asked))


def checkdmarc(folder: Path, names: list[str]) -> Result:
    place = str(_list(folder, names))
    commands = [[sys.executable, "-c", CHECKDMARC, place, str(half), ADDRESS] for half in (0, 1)]
    return timed("checkdmarc, 2 × 32 threads", len(names), commands, lambda code: code == 0)


def records(folder: Path, names: list[str]) -> Result:
    program = PEER_VENV / "bin" / "domain-email-records"
    if not program.exists():
        venv.create(PEER_VENV, with_pip=True)
        subprocess.run([PEER_VENV / "bin" / "python", "-m", "pip", "install", "-q", PEER], check=True)
    command = [str(program), "-q", "-n", ADDRESS, "-f", str(_list(folder, names))]
    return timed("domain-email-records", len(names), [command], lambda code: code == 0)


def go(folder: Path, names: list[str]) -> Result | None:
    """GCA's scanner; None if it is not available."""
    program = shutil.which(os.environ.get("MAILPROOF_BENCH_GO", ""))
    if program is None:
        print("go is left out: no program (--go PROGRAM or MAILPROOF_BENCH_GO, see --help)")
        return None
    command = [program, str(_list(folder, names)), f"{ADDRESS}:{PORT}", str(GO_WIDTH)]
    return timed("GCA scanner (Go)", len(names), [command], lambda code: code == 0)


def _list(folder: Path, names: list[str]) -> Path:
    place = folder / f"list{len(names)}"
    place.write_text("\n".join(names) + "\n")
    return place


CONTESTANTS: dict[str, Callable[[Path, list[str]], Result | None]] = {
    "mailproof": ours,
    "go": go,
    "bare": bare,
    "checkdmarc": checkdmarc,
    "records": records,
    "killed": killed,
}


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    given.add_argument("--domains", type=int, default=10_000)
    given.add_argument("--peers-domains", type=int, default=400)
    given.add_argument("--delay", type=int, nargs="+", default=[0, 20], help="of each answer, in ms")
    given.add_argument("--seed", type=int, default=1)
    given.add_argument("--go", default=os.environ.get("MAILPROOF_BENCH_GO", ""), help="GCA's scanner")
    usual = [each for each in CONTESTANTS if each != "killed"]
    given.add_argument("--only", nargs="+", choices=CONTESTANTS, default=usual)
    options = given.parse_args()
    os.environ["MAILPROOF_BENCH_GO"] = options.go
    names = domains(options.domains)
    parts = {"bare": BARE_DOMAINS, "checkdmarc": options.peers_domains, "records": options.peers_domains}
    for delay in options.delay:
        with (
            serving(options.domains, options.seed, ADDRESS, PORT, delay / 1000) as world,
            tempfile.TemporaryDirectory(prefix="mailproof-bench-") as folder,
        ):
            results = [
                counted(world, CONTESTANTS[each], Path(folder), names[: parts.get(each)])
                for each in options.only
            ]
        show(delay, [each for each in results if each is not None])


def counted(
    world: World, run: Callable[[Path, list[str]], Result | None], folder: Path, names: list[str]
) -> Result | None:
    before = world.asked()
    found = run(folder, names)
    return found and replace(found, asked=found.asked or world.asked() - before)


def show(delay: int, results: list[Result]) -> None:
    rate = next((each.domains / each.wall for each in results if each.name == "mailproof bulk"), 0.0)
    print(f"\nAnswers after {delay} ms:\n\n| | domains | a second | CPU ms | questions | MB | mailproof is |")
    print("|---|---|---|---|---|---|---|")
    for each in results:
        own = each.domains / each.wall
        print(
            f"| {each.name} | {each.domains:,} | {own:.0f} | {each.cpu / each.domains * 1000:.2f} "
            f"| {each.asked / each.domains:.1f} | {each.memory:.0f} | {rate / own:.2f} × |",
            flush=True,
        )


if __name__ == "__main__":
    main()
