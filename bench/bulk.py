"""Many domains: mailproof bulk beside its peers, on one made-up world, in turn, in one run.

python bench/bulk.py [--domains N] [--delay MS] [--seed S] [--only NAME …] [--peers-domains N]

Prints domains a second, CPU and questions a domain, memory, and the ratio to mailproof. NSD (Debian) serves
the world of bench/bulk_world.py on 127.0.53.1, port 53, and so needs root; with --delay a proxy before it
delays answers, drops those of silent domains and takes a good part of a core, for all contestants alike.
Slow peers get the first --peers-domains of the list. What it does not show: real resolvers and their caches.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.bulk_world import domains, serving

ADDRESS, PORT = "127.0.53.1", 53
ROOT = Path(__file__).resolve().parents[1]
PEER = "domain-email-records==0.5.2"
PEER_VENV = ROOT / ".cache" / "domain-email-records"
#: The library at its best on two cores: processes times threads.
CHECKDMARC = """
import sys, concurrent.futures as f
import checkdmarc
names = open(sys.argv[1]).read().split()[int(sys.argv[2])::2]
def one(name):
    try: checkdmarc.check_domains([name], nameservers=[sys.argv[3]], timeout=2.0)
    except Exception: pass
with f.ThreadPoolExecutor(32) as pool: list(pool.map(one, names))
"""
#: Our questions and nothing else: what the DNS client alone can do.
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
    """Of one contestant. ``wall`` and ``cpu`` in seconds, ``memory`` of the largest process in MB."""

    name: str
    domains: int
    wall: float
    cpu: float
    memory: float
    questions: float = 0.0


def timed(name: str, count: int, commands: list[list[str]], okay: Callable[[int], bool]) -> Result:
    """Run the commands at the same time, to their end."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    running = [
        subprocess.Popen(each, stdout=subprocess.DEVNULL, env={**os.environ, "NO_COLOR": "1"})
        for each in commands
    ]
    most = 0
    while any(each.poll() is None for each in running):
        most = max(most, *map(_largest, (each.pid for each in running)))
        time.sleep(0.2)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if not all(okay(each.returncode) for each in running):
        sys.exit(f"{name} failed: {[each.returncode for each in running]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Result(name, count, wall, cpu, most / 1024)


def _largest(pid: int) -> int:
    """The memory in use (kB) of a process or of its largest child."""
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
    command = [sys.executable, "-m", "mailproof", "bulk", str(_list(folder, names)), "-o", str(out), "-q"]
    command += ["--workers", "2", "--nameserver", f"{ADDRESS}:{PORT}"]
    found = timed("mailproof bulk", len(names), [command], lambda code: code in (0, 3))
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    if sorted(row["domain"] for row in rows) != sorted(names):
        sys.exit("mailproof bulk: not every domain is there once")
    questions = sum(row["queries"] for row in rows) / len(rows)
    print(f"mailproof: {sum(not row['complete'] for row in rows)} of {len(rows)} not known in full")
    return Result(found.name, found.domains, found.wall, found.cpu, found.memory, questions)


def bare(folder: Path, names: list[str]) -> Result:
    """The questions are those of one audit of each domain."""
    report = folder / "full.jsonl"
    command = [sys.executable, "-m", "mailproof", "bulk", str(_list(folder, names)), "-o", str(report), "-q"]
    subprocess.run([*command, "--detail", "full", "--nameserver", f"{ADDRESS}:{PORT}"], check=False)
    asked: dict[tuple[str, str], None] = {}
    with report.open() as lines:
        for line in lines:
            for each in (json.loads(line).get("report") or {"facts": {"dns": {"lookups": []}}})["facts"][
                "dns"
            ]["lookups"]:
                asked[each["name"], each["rrtype"]] = None
    questions = folder / "questions.json"
    questions.write_text(json.dumps(list(asked)))
    commands = [
        [sys.executable, "-c", BARE, str(questions), str(half), f"{ADDRESS}:{PORT}"] for half in (0, 1)
    ]
    found = timed("bare, our questions", len(names), commands, lambda code: code == 0)
    return Result(found.name, found.domains, found.wall, found.cpu, found.memory, len(asked) / len(names))


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


def _list(folder: Path, names: list[str]) -> Path:
    place = folder / f"list{len(names)}"
    place.write_text("\n".join(names) + "\n")
    return place


CONTESTANTS = {"mailproof": ours, "bare": bare, "checkdmarc": checkdmarc, "records": records}


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    given.add_argument("--domains", type=int, default=2_000)
    given.add_argument("--peers-domains", type=int, default=400)
    given.add_argument("--delay", type=float, default=20.0, help="of each answer, in ms")
    given.add_argument("--seed", type=int, default=1)
    given.add_argument("--only", nargs="+", choices=CONTESTANTS, default=list(CONTESTANTS))
    options = given.parse_args()
    names = domains(options.domains)
    results = []
    with (
        serving(options.domains, options.seed, ADDRESS, PORT, options.delay / 1000),
        tempfile.TemporaryDirectory(prefix="mailproof-bench-") as folder,
    ):
        for name in options.only:
            slow = name in ("checkdmarc", "records", "bare")
            part = names[: options.peers_domains] if slow else names
            results.append(CONTESTANTS[name](Path(folder), part))
    heads = ("domains", "a second", "CPU ms", "questions", "MB", "ours is")
    print(f"{'contestant':28} " + " ".join(f"{each:>10}" for each in heads))
    rate = next((each.domains / each.wall for each in results if each.name == "mailproof bulk"), 0.0)
    for each in results:
        own = each.domains / each.wall
        print(
            f"{each.name:28} {each.domains:10d} {own:10.1f} {each.cpu / each.domains * 1000:10.2f} "
            f"{each.questions:10.1f} {each.memory:10.0f} {rate / own:8.2f} x"
        )


if __name__ == "__main__":
    main()
