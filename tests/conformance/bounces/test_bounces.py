"""Our bounce parsing compared with Sisimai and flufl.bounce, and how much of it is right."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import warnings
from pathlib import Path

import pytest

from mailproof.mail.dsn import read_notification
from tests.conformance.bounces.scoring import Expected, expectations, score
from tests.lab import packages

HERE = Path(__file__).parent
FIXTURES = HERE.parents[2] / "fixtures" / "bounces"
#: A folder with bounces and an ``expected.jsonl`` of Sisimai's results, not part of the source.
COLLECTION = os.environ.get("MAILPROOF_BOUNCES", "")
SISIMAI = {"/usr/bin/perl": "perl", "/usr/share/perl5/Sisimai.pm": "libsisimai-perl"}
FLUFL = "6.0.0"
CACHE = HERE.parents[2] / ".cache" / "flufl-bounce"
#: Where Sisimai's result for our bounces differs, and why ours is right.
OTHERWISE = {
    "exim-unrouteable": "Exim could not route it: the address, or its domain; the cause names both",
    "mailman-version": "the words of the program say why",
    "sendmail-local": "the words of the program say why",
}


def test_a_collection_of_real_bounces(capsys: pytest.CaptureFixture[str]) -> None:
    if not COLLECTION:
        pytest.skip("MAILPROOF_BOUNCES names no collection")
    total = score(expectations(Path(COLLECTION) / "expected.jsonl"))
    with capsys.disabled():
        print(f"\nbounces, {COLLECTION}: {total}")
        print("\n".join(total.differing))
    assert total.found >= 0.95 * total.recipients
    assert total.code >= 0.95 * total.codes
    assert total.cause >= 0.85 * total.reasons


def test_beside_sisimai(capsys: pytest.CaptureFixture[str]) -> None:
    """Our own bounces: both results agree, except for those in OTHERWISE."""
    try:
        packages.bring(SISIMAI)
    except packages.LabUnavailable as problem:
        warnings.warn(f"our bounces are not read by Sisimai: {problem}", stacklevel=1)
        pytest.skip(str(problem))
    cases = _sisimai(sorted(FIXTURES.glob("*.eml")))
    read_by_both = [case for case in cases if case[1]]
    total = score(read_by_both)
    with capsys.disabled():
        print(f"\nour bounces beside Sisimai ({len(read_by_both)} of {len(cases)} read by it): {total}")
    differing = [line for line in total.differing if line.partition(".eml")[0] not in OTHERWISE]
    assert not differing
    assert total.found == total.recipients


def _sisimai(files: list[Path]) -> list[tuple[Path, tuple[Expected, ...]]]:
    command = ["perl", str(HERE / "peer.pl"), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    rows = map(json.loads, done.stdout.splitlines())
    return [(Path(row["file"]), tuple(Expected(**one) for one in row["expect"])) for row in rows]


def test_recipients_of_flufl_bounce(capsys: pytest.CaptureFixture[str]) -> None:
    """The messages of flufl.bounce's own tests, and their failed recipients."""
    folder = _flufl()
    if folder is None:
        warnings.warn(f"pip could not fetch flufl.bounce {FLUFL}: its messages are not read", stacklevel=1)
        pytest.skip("no flufl.bounce")
    wanted = found = whole = 0
    expected = _detected(folder / "test_detectors.py")
    for name, recipients in expected.items():
        notification = read_notification((folder / "data" / name).read_bytes(), lenient=True)
        ours: set[str] = set()
        for one in notification.recipients if notification else ():
            ours |= {one.address.lower(), one.original.lower()}
        wanted += len(recipients)
        found += len(recipients & ours)
        whole += recipients <= ours
    with capsys.disabled():
        print(f"\nflufl.bounce: {found} of {wanted} recipients, all in {whole} of {len(expected)} messages")
    assert found >= 0.8 * wanted


def _detected(path: Path) -> dict[str, set[str]]:
    """Its table of (detector, file, recipients, temporary), read without running it."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "DETECTORS":
            found: dict[str, set[str]] = {}
            for _, name, recipients, _ in ast.literal_eval(node.value):
                found.setdefault(name, set()).update(one.decode().lower() for one in recipients)
            return found
    return {}


def _flufl() -> Path | None:
    """The tests folder of its source distribution, from the cache or fetched with pip."""
    tests = CACHE / f"flufl_bounce-{FLUFL}" / "tests"
    if tests.exists():
        return tests
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as place:
        for python in (sys.executable, "/usr/bin/python3"):
            command = [python, "-m", "pip", "download", "--quiet", "--no-binary", "flufl.bounce", "--no-deps"]
            with contextlib.suppress(subprocess.SubprocessError, OSError):
                command += ["--dest", place, f"flufl.bounce=={FLUFL}"]
                subprocess.run(command, check=True, capture_output=True, timeout=200)
                break
        archive = next(iter(Path(place).glob("flufl*.tar.gz")), None)
        if archive is None:
            return None
        with tarfile.open(archive) as tar:
            tar.extractall(Path(place) / "out", filter="data")
        with contextlib.suppress(OSError):  # another process was faster
            (Path(place) / "out" / f"flufl_bounce-{FLUFL}").replace(CACHE / f"flufl_bounce-{FLUFL}")
    return tests if tests.exists() else None
