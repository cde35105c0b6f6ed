"""Do the tests notice a change? Mutation testing: ``./run mutants [PATH …] [--sample N] [--seed S]``.

A run of the tests records which tests enter which block (tests/mutation/record.py). Then everything
is imported and collected once. Each mutant is a fork of that process in which the code of one function is
replaced; it runs the tests that enter the changed block until one fails.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.mutation.mutants import ROOT, Mutant, files, mutants
from tests.mutation.recorded import FOLDER

#: Minimum percentages of killed mutants, overall and per folder, for the run to pass. The goal is 80 and 70;
#: the margin allows for sampling error (40 of a folder: 7 either way).
FLOOR, FLOOR_OF_FOLDER = 72, 55
TESTS = ("tests/unit", "tests/rules", "tests/tables", "tests/conformance")


def main() -> int:
    options = _options()
    if options.record or not list(FOLDER.glob("entered-*.jsonl")):
        _record()
    chosen = _chosen(options)
    from tests.mutation.forks import run

    fates = run(chosen, workers=options.workers, seconds=options.seconds, within=options.within, tests=TESTS)
    return _told(fates, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run mutants", description="Do the tests notice a change?")
    parser.add_argument("paths", nargs="*", type=Path, help="files or folders of src/mailproof; all of them")
    parser.add_argument("--sample", type=int, default=0, help="so many mutants of each folder; all of them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=20, help="of tests for one mutant")
    parser.add_argument("--within", type=float, default=1e9, help="seconds for all; in the order of the dice")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--record", action="store_true", help="record anew which tests enter which code")
    parser.add_argument("--only", metavar="TEXT", help="the mutants with this in their name")
    parser.add_argument("--report", type=Path, help="write the fate of each mutant there")
    parser.add_argument("--floor", type=float, default=FLOOR)
    parser.add_argument("--floor-of-folder", type=float, default=FLOOR_OF_FOLDER)
    return parser.parse_args()


def _record() -> None:
    for old in FOLDER.glob("entered-*.jsonl"):
        old.unlink()
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "tests.mutation.record", *TESTS]
    subprocess.run(command, cwd=ROOT, check=False)


def _chosen(options: argparse.Namespace) -> list[Mutant]:
    paths = tuple(path.resolve() for path in options.paths)
    every = [mutant for file in files(paths) for mutant in mutants(file)]
    if options.only:
        every = [mutant for mutant in every if options.only in mutant.name]
    folders: dict[str, list[Mutant]] = {}
    for mutant in every:
        folders.setdefault(mutant.folder, []).append(mutant)
    chance = random.Random(options.seed)
    if options.sample:
        folders = {
            folder: chance.sample(those, min(options.sample, len(those))) for folder, those in folders.items()
        }
    for folder, those in folders.items():
        print(f"{folder}: {len(those)} mutants of {sum(m.folder == folder for m in every)}", file=sys.stderr)
    chosen = [mutant for those in folders.values() for mutant in those]
    return chance.sample(chosen, len(chosen))


def _told(fates: list[tuple[Mutant, str, str]], options: argparse.Namespace) -> int:
    if options.report:
        options.report.write_text("".join(f"{fate}\t{m.name}\t{why}\n" for m, fate, why in fates))
    weights = Counter(m.folder for file in files() for m in mutants(file))
    scores: dict[str, float] = {}
    for folder in sorted({mutant.folder for mutant, _, _ in fates}):
        those = Counter(fate for mutant, fate, _ in fates if mutant.folder == folder)
        counted = sum(those.values()) - those["impossible"]
        scores[folder] = 100 * (counted - those["survived"] - those["untested"]) / max(1, counted)
        words = ", ".join(f"{number} {fate}" for fate, number in sorted(those.items()))
        print(f"{folder:10} {scores[folder]:5.1f} %  {words}")
    total = sum(weights[folder] for folder in scores)
    overall = sum(weights[folder] * score for folder, score in scores.items()) / max(1, total)
    print(f"{'overall':10} {overall:5.1f} %  (weighted by the mutants there are: {total})")
    for mutant, fate, _ in fates:
        if fate in ("survived", "untested") and (options.sample or options.paths or options.only):
            print(f"  {fate:9} {mutant.name}")
    low = [folder for folder, score in scores.items() if score < options.floor_of_folder]
    if low or overall < options.floor:
        print(f"under the floor: {', '.join(low) or 'overall'}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
