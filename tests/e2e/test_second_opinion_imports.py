"""The libraries for second opinions take half a second to import: only commands that need them do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ZONE = '$ORIGIN acme.example.\n$TTL 300\n@ SOA ns1 host 1 2 3 4 5\n@ NS ns1\n@ TXT "v=spf1 -all"\n'
AUDIT = ("audit", "acme.example")
SPF = ("spf", "acme.example", "--ip", "192.0.2.1")


@pytest.mark.parametrize(
    ("command", "loaded"),
    [
        (AUDIT, []),
        (SPF, []),
        ((*AUDIT, "--second-opinion"), ["checkdmarc"]),
        ((*SPF, "--second-opinion"), ["spf"]),
    ],
)
def test_what_is_loaded(tmp_path: Path, command: tuple[str, ...], loaded: list[str]) -> None:
    zone = tmp_path / "acme.zone"
    zone.write_text(ZONE, encoding="utf-8")
    arguments = [*command, "--zone", str(zone), "--offline"]
    code = (
        "import sys\nfrom mailproof.cli.app import main\n"
        f"try: main({arguments!r})\n"
        "except SystemExit: pass\n"
        "print([m for m in ('checkdmarc', 'dkim', 'spf') if m in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == str(loaded)
