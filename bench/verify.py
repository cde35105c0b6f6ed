"""1,000 ordinary messages verified in one process: mailproof compared with mailauth (npm) and dkimpy + pyspf.

python bench/verify.py [--messages N] [--senders N] [--rounds N] [--no-peers] [--at-least RATIO]
    [--shell-at-most RATIO] [--memory-at-most RATIO] [--mailbox N]

Messages of 21 KB, RSA-2048, SPF, DKIM, ARC, DMARC, DNS in memory. Each contender runs in a separate process,
in turn, and the median round counts: with one sender, and with --senders different ones, each with its own
DNS and key (--senders 1: skip this). Then whole processes: a folder of --mailbox messages (0: skip this),
which mailproof verify distributes among its workers, and one saved message from the shell; and the memory for
messages of 20 MB. Exits with 1 if mailproof is less than --at-least times as fast as mailauth (wall clock for
the same work; CPU time for the whole report, since mailauth's threads use more CPU than the clock shows),
takes more than --shell-at-most times as long from the shell, or more memory than --memory-at-most times the
size of a large message.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Keep bench/dns.py from shadowing the package dns.
sys.path = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]
sys.path.insert(0, str(ROOT))

NOW = "2026-11-01T12:00:00+00:00"
HERE = Path(__file__).resolve().parent
#: The same work as mailauth; all facts of a message and its content; the full report; the peers.
CONTENDERS = ("mailproof", "mailproof facts", "mailproof report", "mailauth", "dkimpy + pyspf")
BIG = 20_000_000


def main() -> int:
    arguments = _arguments()
    if arguments.worker:
        print(json.dumps(work(arguments.worker, Path(arguments.folder))))
        return 0
    from tests.conformance.mailauth.peer import UNAVAILABLE, installed

    peer = None if arguments.no_peers else installed()
    if peer is None and not arguments.no_peers:
        print(UNAVAILABLE)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _write(folder, arguments.messages)
        names = [n for n in CONTENDERS if peer or n != "mailauth"]
        names = names[:3] if arguments.no_peers else names
        ratio = _print_rates(_rounds(names, folder, peer, arguments.rounds), arguments.messages, 1)
        if arguments.senders > 1:
            mixed = folder / "mixed"
            mixed.mkdir()
            _write(mixed, arguments.messages, arguments.senders)
            found = _rounds(names, mixed, peer, arguments.rounds)
            _print_rates(found, arguments.messages, arguments.senders)
        if arguments.mailbox:
            box = folder / "box"
            box.mkdir()
            _write(box, arguments.mailbox, arguments.senders)
            _print_mailbox(box, peer, arguments.mailbox, arguments.rounds)
        shell = _shell(folder, peer, arguments.runs)
        memory = _memory(folder)
    if memory > arguments.memory_at_most:
        print(f"too much memory: {memory:.2f} times the size, {arguments.memory_at_most} allowed")
        return 1
    if ratio is not None and ratio < arguments.at_least:
        print(f"slow beside mailauth: {ratio:.2f} times its rate, wanted {arguments.at_least:.2f}")
        return 1
    if shell is not None and shell > arguments.shell_at_most:
        print(f"slow from the shell: {shell:.2f} times mailauth's time, {arguments.shell_at_most} allowed")
        return 1
    return 0


Rounds = dict[str, list[dict[str, float]]]


def _rounds(names: list[str], folder: Path, peer: Path | None, count: int) -> Rounds:
    rounds: Rounds = {name: [] for name in names}
    for _ in range(count):
        for name in names:
            rounds[name].append(_run(name, folder, peer))
    return rounds


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--senders", type=int, default=600)
    parser.add_argument("--mailbox", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--at-least", type=float, default=1.0)
    parser.add_argument("--shell-at-most", type=float, default=1.3)
    parser.add_argument("--memory-at-most", type=float, default=2.5)
    parser.add_argument("--worker", default="", help=argparse.SUPPRESS)
    parser.add_argument("--folder", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def _write(folder: Path, count: int, senders: int = 1) -> None:
    from bench.verify_world import HELO, IP, make, zone_text

    world = make(count, senders=senders)
    (folder / "world.zone").write_text("$ORIGIN .\n" + zone_text(world))
    cache = {name: {"TXT": [[text]]} for name, text in world.txt.items()}
    (folder / "dns.json").write_text(json.dumps(cache))
    envelope = {"ip": IP, "helo": HELO, "senders": world.senders, "txt": world.txt}
    (folder / "envelope.json").write_text(json.dumps(envelope))
    (folder / "messages").mkdir()
    for number, message in enumerate(world.messages):
        (folder / "messages" / f"{number:05}.eml").write_bytes(message)
    (folder / "large").mkdir()
    for name, large in _large(world.messages[0]).items():
        (folder / "large" / f"{name}.eml").write_bytes(large)


def _large(message: bytes) -> dict[str, bytes]:
    """Messages of 20 MB by kind of content."""
    head = message.partition(b"\r\n\r\n")[0].replace(b"alternative", b"mixed") + b"\r\n\r\n"
    lines = b"".join(b"%075d\r\n" % line for line in range(BIG // 77))
    encoded = base64.encodebytes(random.Random(1).randbytes(BIG * 57 // 78)).replace(b"\n", b"\r\n")
    attachment = (
        head
        + b"--b1\r\nContent-Type: text/plain\r\n\r\nSee there.\r\n--b1\r\nContent-Type: application/pdf\r\n"
        + b"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\n"
        + encoded
        + b"--b1--\r\n"
    )
    return {
        "lines of text": head.replace(b"multipart/mixed", b"text/plain") + lines,
        "text behind the parts": message + lines,
        "an attachment": attachment,
        "an attachment, saved with LF": attachment.replace(b"\r\n", b"\n"),
    }


def _run(name: str, folder: Path, peer: Path | None) -> dict[str, float]:
    if name == "mailauth":
        command = ["node", str(HERE / "verify_mailauth.cjs"), str(peer), str(folder)]
    else:
        command = [sys.executable, __file__, "--worker", name, "--folder", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _print_rates(rounds: Rounds, count: int, senders: int) -> float | None:
    """Print the table; returns the lower ratio to mailauth: same work by clock, full report by CPU time."""
    clock = {name: statistics.median(r["seconds"] for r in each) for name, each in rounds.items()}
    cpu = {name: statistics.median(r["cpu"] for r in each) for name, each in rounds.items()}
    base, base_cpu = clock.get("mailauth"), cpu.get("mailauth")
    of = f"of {senders} senders" if senders > 1 else "of one sender"
    print(f"\n{count} messages {of}, median of {len(rounds['mailproof'])} rounds")
    titles = ("ms a message", "messages/s", "x mailauth", "CPU ms", "x by CPU", "peak MB", "passed")
    print(f"{'':18} " + " ".join(f"{title:>12}" for title in titles))
    for name, each in rounds.items():
        rate = f"{base / clock[name]:.2f}" if base else ""
        share = f"{base_cpu / cpu[name]:.2f}" if base_cpu else ""
        memory, passed = max(r["memory"] for r in each), min(r["passed"] for r in each)
        print(
            f"{name:18} {clock[name] / count * 1000:12.2f} {count / clock[name]:12.0f} {rate:>12} "
            f"{cpu[name] / count * 1000:12.2f} {share:>12} {memory:12.0f} {passed:12.0f}"
        )
        assert passed == count, f"{name} did not pass every message"
    if base is None or base_cpu is None:
        return None
    by_clock, by_cpu = base / clock["mailproof report"], base_cpu / cpu["mailproof report"]
    print(f"the whole report {of}: {by_clock:.2f} x mailauth's rate by the clock, {by_cpu:.2f} x by CPU time")
    return min(base / clock["mailproof"], base_cpu / cpu["mailproof report"])


def _print_mailbox(folder: Path, peer: Path | None, count: int, rounds: int) -> None:
    """Time the command on a folder, with all workers and with one, compared with mailauth's one process."""
    ours = [sys.executable, "-m", "mailproof", "verify", "messages", "--offline", "--zone", "world.zone"]
    ours += ["--at", "now", "--table", "-q", "-o", "rows.jsonl"]
    commands = {"mailproof verify": ours, "... --workers 1": [*ours, "--workers", "1"]}
    if peer:
        commands["mailauth"] = ["node", str(HERE / "verify_mailauth.cjs"), str(peer), str(folder)]
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            start, cpu = time.perf_counter(), _cpu_of_children()
            subprocess.run(command, check=True, capture_output=True, cwd=folder)
            found[name].append((time.perf_counter() - start, _cpu_of_children() - cpu))
    print(f"\na folder of {count} messages, whole processes, median of {rounds} rounds")
    medians = {
        name: [statistics.median(each) for each in zip(*times, strict=True)] for name, times in found.items()
    }
    for name, (seconds, cpu) in medians.items():
        ratio = f"   {medians['mailauth'][0] / seconds:.2f} x mailauth" if peer else ""
        each = 1000 / count
        print(f"{name:18} {seconds:6.1f} s   {seconds * each:5.2f} ms, {cpu * each:5.2f} ms of CPU{ratio}")


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _shell(folder: Path, peer: Path | None, runs: int) -> float | None:
    message = str(folder / "messages" / "00000.eml")
    ours = [str(Path(sys.executable).parent / "mailproof"), "verify", "--offline", "--zone"]
    commands = {"mailproof verify": [*ours, str(folder / "world.zone"), message]}
    if peer:
        tool = peer / "node_modules" / "mailauth" / "bin" / "mailauth.js"
        commands["mailauth report"] = ["node", str(tool), "report", "-n", str(folder / "dns.json"), message]
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            start = time.perf_counter()
            done = subprocess.run(command, capture_output=True, text=True)
            times[name].append(time.perf_counter() - start)
            assert "pass" in done.stdout, f"{name}: {done.stderr}"
    print(f"\none saved message from the shell, median of {runs} runs")
    medians = {name: statistics.median(each) for name, each in times.items()}
    for name, seconds in medians.items():
        print(f"{name:18} {seconds * 1000:8.0f} ms   (least {min(times[name]) * 1000:.0f})")
    if not peer:
        return None
    ratio = medians["mailproof verify"] / medians["mailauth report"]
    print(f"ours takes {ratio:.2f} times as long")
    return ratio


def _memory(folder: Path) -> float:
    """The peak memory for any large message, as a multiple of its size."""
    small, worst = _run("memory", folder, None)["memory"], 0.0
    print(f"\nmemory for a message of {BIG / 1e6:.0f} MB, over the {small:.0f} MB for one of 21 KB")
    for path in sorted((folder / "large").iterdir()):
        found = _run(f"memory {path.stem}", folder, None)
        times = (found["memory"] - small) * 1e6 / path.stat().st_size
        worst = max(worst, times)
        print(f"{path.stem:30} {times:.2f} times its size   {found['seconds']:.2f} s")
    return worst


def work(name: str, folder: Path) -> dict[str, float]:
    """One round in this process: seconds for all messages, how many passed DMARC, peak memory in MB."""
    paths = sorted((folder / "messages").iterdir())
    ordinary = [paths[0].read_bytes()]
    if name.startswith("memory"):
        large = name.removeprefix("memory").strip()
        paths = [folder / "large" / f"{large}.eml"] if large else paths[:1]
        name = "mailproof report"
    messages = [path.read_bytes() for path in paths]
    run = _peers(folder) if name == "dkimpy + pyspf" else _ours(folder, name)
    run(ordinary)  # excludes imports and first lookups from the measurement
    start, cpu = time.perf_counter(), time.process_time()
    passed = run(messages)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    return {"seconds": seconds, "cpu": cpu, "passed": passed, "memory": _peak()}


def _peak() -> float:
    """The peak memory of this process in MB. (getrusage would include the parent's.)"""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


def _ours(folder: Path, what: str) -> Callable[[list[bytes]], int]:
    import asyncio
    from datetime import datetime

    import mailproof.cli  # noqa: F401 - sets the same garbage collection thresholds as the command
    from mailproof.auth.arc import verify_arc
    from mailproof.auth.dkim import verify_dkim
    from mailproof.auth.dmarc import evaluate
    from mailproof.auth.spf import check_host
    from mailproof.dns import MemoResolver, ZoneResolver
    from mailproof.engine.session import Session
    from mailproof.engine.verify import VerifyOptions, verify_message
    from mailproof.facts.message import MessageOptions, collect_message
    from mailproof.message.border import find_border
    from mailproof.message.reader import read

    envelope = json.loads((folder / "envelope.json").read_text())
    now = datetime.fromisoformat(NOW)
    zone = ZoneResolver.from_file(str(folder / "world.zone"), origin=".")
    shared = MemoResolver(zone)
    ip, helo, senders = envelope["ip"], envelope["helo"], envelope["senders"]
    session = Session(zone, now=now)

    async def authenticate(raw: bytes, sender: str) -> bool:
        message = read(raw)
        find_border(message)  # the Received chain, which mailauth parses too
        spf = await check_host(ip, sender, helo, resolver=shared)
        dkim = await verify_dkim(message, shared, now=now)
        await verify_arc(message, shared)
        verdict, _ = await evaluate(message.author.domains[0], spf, dkim, shared)
        return verdict.result == "pass"

    async def all_of(messages: list[bytes]) -> int:
        passed = 0
        for raw, sender in zip(messages, senders, strict=False):
            if what == "mailproof":
                passed += await authenticate(raw, sender)
                continue
            if what == "mailproof report":
                facts = (await verify_message(raw, session, VerifyOptions(ip, helo, sender))).facts.message
            else:
                own = MemoResolver(shared)  # each message's lookups are part of its facts
                facts = await collect_message(raw, own, MessageOptions(ip, helo, sender), now=now)
            passed += facts is not None and facts.dmarc is not None and facts.dmarc.result == "pass"
        return passed

    return lambda messages: asyncio.run(all_of(messages))


def _peers(folder: Path) -> Callable[[list[bytes]], int]:
    """Bare dkimpy and pyspf: only DKIM and SPF, without ARC and DMARC."""
    import dkim
    import spf

    envelope = json.loads((folder / "envelope.json").read_text())
    txt: dict[str, str] = envelope["txt"]

    def look_up(name: str, qtype: str, *_: object) -> list[tuple[tuple[str, str], tuple[bytes, ...]]]:
        text = txt.get(name.rstrip(".")) if qtype == "TXT" else None
        return [((name, qtype), (text.encode(),))] if text else []

    def key(name: bytes, timeout: int = 5) -> bytes | None:
        text = txt.get(name.decode().rstrip("."))
        return text.encode() if text else None

    spf.DNSLookup = look_up

    def all_of(messages: list[bytes]) -> int:
        passed = 0
        for raw, sender in zip(messages, envelope["senders"], strict=False):
            signed = dkim.DKIM(raw).verify(dnsfunc=key)
            result = spf.query(envelope["ip"], sender, envelope["helo"]).check()[0]
            passed += signed and result == "pass"
        return passed

    return all_of


if __name__ == "__main__":
    sys.exit(main())
