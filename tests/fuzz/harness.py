"""Run one target, or ``all``, under atheris: ``python -m tests.fuzz.harness TARGET [LIBFUZZER OPTIONS]``.

The corpus grows in ``.cache/fuzz/corpus/TARGET``; the input that broke something is written to
``.cache/fuzz/found/TARGET-*`` and its place is printed.
"""

from __future__ import annotations

import hashlib
import importlib
import itertools
import os
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["mailproof"], enable_loader_override=False):
    import mailproof

    # Many modules are imported only when needed: they would then run uninstrumented.
    for module in pkgutil.walk_packages(mailproof.__path__, "mailproof."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    from tests.fuzz.targets import MAX_LENGTH, TARGETS, run, run_any

from tests.fuzz.seeds import ROOT, TOKENS, seeds

CACHE = Path(os.environ.get("MAILPROOF_FUZZ_CACHE", ROOT / ".cache" / "fuzz"))
#: Seeds of each target in a run over all.
FEW = 6


def main(arguments: list[str]) -> None:
    target, options = arguments[0], arguments[1:]
    if target not in (*TARGETS, "all"):
        raise SystemExit(f"no such target: one of all {' '.join(TARGETS)}")
    corpus, found = CACHE / "corpus" / target, CACHE / "found"
    corpus.mkdir(parents=True, exist_ok=True)
    found.mkdir(parents=True, exist_ok=True)
    for seed in everything() if target == "all" else seeds(target):
        if len(seed) <= MAX_LENGTH:
            place = Path(corpus, hashlib.sha256(seed).hexdigest()[:16])
            if not place.exists():
                place.write_bytes(seed)
    words = CACHE / "tokens.dict"
    words.write_text("".join(f'"{_escaped(token)}"\n' for token in TOKENS))
    fixed = [
        f"-dict={words}",
        f"-max_len={MAX_LENGTH}",
        "-timeout=5",
        "-rss_limit_mb=2048",  # the instrumented code itself takes 1,050
        f"-artifact_prefix={found}/{target}-",
        "-print_final_stats=1",
    ]
    one = run_any if target == "all" else lambda raw: run(target, raw)
    atheris.Setup([sys.argv[0], *fixed, *options, str(corpus)], one)
    atheris.Fuzz()


def everything() -> Iterator[bytes]:
    """A few seeds of each target, each prefixed with the octet that selects the target."""
    for number, target in enumerate(TARGETS):
        few = sorted(itertools.islice((seed for seed in seeds(target) if len(seed) < 4000), 300), key=len)
        yield from (bytes([number]) + seed for seed in few[:: max(1, len(few) // FEW)])


def _escaped(token: bytes) -> str:
    return "".join(f"\\x{octet:02x}" for octet in token)


if __name__ == "__main__":
    main(sys.argv[1:])
