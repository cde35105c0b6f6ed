"""Runs checkdmarc and mailproof on the same zones, and classifies every disagreement.

``python -m tests.conformance.checkdmarc.differential`` regenerates ``docs/checkdmarc.md``.
"""

from __future__ import annotations

import asyncio
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mailproof.dns import ZoneResolver
from mailproof.model import SecondOpinion
from tests.support.engine import audit_async
from tests.support.resolvers import FailingResolver

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "checkdmarc.md"
VERSION = "6.0.4"
RULES = ("SPF", "DMARC", "MX")


@dataclass(frozen=True, slots=True)
class Class:
    """Disagreements with one cause: how to recognise it in the verdict and our note, and who is right."""

    name: str
    topic: Literal["spf", "dmarc", "mx"]
    verdict: str
    note: str
    why: str
    right: str = "mailproof"


CLASSES = (
    Class(
        "upper case",
        "spf",
        "invalid: .*Expected version_tag",
        "case-insensitive",
        "`V=SPF1 MX -ALL` is a syntax error to it. Names of mechanisms and modifiers are case-insensitive "
        "(RFC 7208 sections 4.6.1 and 12).",
    ),
    Class(
        "character outside US-ASCII",
        "spf",
        "valid",
        r"the character U\+",
        "It lets a non-breaking space pass. A record is made of US-ASCII (RFC 7208 section 3.1): permerror.",
    ),
    Class(
        "address where a name belongs",
        "spf",
        "valid",
        "an address is not a domain name",
        "`a:192.0.2.1` passes. An address is not a domain-spec (RFC 7208 section 7.1): permerror.",
    ),
    Class(
        "void lookups of exists",
        "spf",
        "valid",
        "it leaves out those of exists",
        "Its count of void lookups leaves out `exists:`. All terms that ask the DNS count "
        "(RFC 7208 section 4.6.4).",
    ),
    Class(
        "failed lookup",
        "spf",
        "(valid|invalid: .*)",
        "a receiver answers temperror",
        "It treats a SERVFAIL or a timeout as a missing record, or ignores it. The record is unknown then: "
        "a receiver answers temperror (RFC 7208 section 2.6.6).",
    ),
    Class(
        "unknown value of fo",
        "dmarc",
        "invalid: .*fo tag",
        "refuses the whole record for fo=",
        "It refuses the whole record. A known tag with an unknown value is ignored (RFC 9989 section 4.7).",
    ),
    Class(
        "unknown value of t, adkim, aspf or psd",
        "dmarc",
        "invalid: Tag .*following values",
        "its default applies",
        "The same with other tags: the default applies (RFC 9989 section 4.7).",
    ),
    Class(
        "unknown policy in sp or np",
        "dmarc",
        "invalid: Tag .*following values",
        "receivers apply p=none to all of it",
        "It refuses the record. With a valid `rua`, receivers act as if it were `p=none` and send reports "
        "(RFC 9989 section 4.10.1); mailproof reports an error all the same (DMARC008).",
    ),
    Class(
        "part that cannot be read",
        "dmarc",
        "invalid: .*Expected",
        "receivers drop the part",
        "It refuses the record. Receivers drop the part and keep the rest (RFC 9989 section 4.8).",
    ),
    Class(
        "tag that appears twice",
        "dmarc",
        "invalid: Duplicate",
        "takes the first and reports it",
        "It refuses the record, as the tag lists borrowed from DKIM demand (RFC 6376 section 3.2). Receivers "
        "differ, and many take the first: mailproof goes on with that and reports it (DMARC010).",
        right="not settled",
    ),
    Class(
        "report address that cannot be read",
        "dmarc",
        "invalid: .*report URI",
        "receivers leave out a destination",
        "It refuses the record. Receivers leave the destination out, and the policy applies "
        "(RFC 9989 section 4.7).",
    ),
    Class(
        "other TXT record beside the DMARC record",
        "dmarc",
        "invalid: Unrelated",
        "receivers leave such records out",
        "It treats a stray TXT record as an error. Records without `v=DMARC1` are discarded "
        "(RFC 9989 section 4.10).",
    ),
    Class(
        "no p and no rua",
        "dmarc",
        "valid",
        "there is no DMARC at all",
        "It treats the missing `p` as `none`. That holds only where `rua` has a valid address "
        "(RFC 9989 section 4.10.1).",
    ),
)


_HEAD = f"""\
# Beside checkdmarc

`mailproof audit --second-opinion` asks checkdmarc {VERSION} about the same answers that mailproof used, and
says where the two differ and why. A test does so for every zone of this project: those of `fixtures/zones`,
and the bad and the good zone of each rule on SPF, DMARC and MX. What is compared is whether a receiver can
use the record (SPF), finds a policy to apply, and at which name (DMARC), and the hosts (MX).

"""
_FOOT = """\

Faults of checkdmarc that show only with further failures (a dead name server, a bogus zone) have tests of
their own in `tests/unit/adapters_checkdmarc`.

The table is written by `python -m tests.conformance.checkdmarc.differential`; a test compares it with what
the two say.
"""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One zone and topic on which the two differ."""

    zone: str
    opinion: SecondOpinion


def zones() -> tuple[Path, ...]:
    """All zones of fixtures/zones, and of the rules on SPF, DMARC and MX."""
    rules = (path for topic in RULES for path in (ROOT / "tests" / "rules").glob(f"{topic}[0-9]*/*.zone"))
    return tuple(sorted((*(ROOT / "fixtures" / "zones").rglob("*.zone"), *rules)))


async def opinions(path: Path) -> tuple[SecondOpinion, ...]:
    """checkdmarc's opinions on a zone, with the failures named in its case.toml."""
    case_file = path.parent / "case.toml"
    case = tomllib.loads(case_file.read_text()) if case_file.exists() else {}
    failures = case.get("failures", {}).get(path.stem, {})
    resolver = FailingResolver(
        ZoneResolver.from_file(path, origin="."),
        {tuple(name.rsplit("/", 1)): status for name, status in failures.items()},
    )
    report = await audit_async(case.get("domain", "acme.example"), resolver, second_opinion=True)
    assert report.facts.dns is not None
    return report.facts.dns.second_opinions


async def compare(paths: Sequence[Path]) -> tuple[int, tuple[Disagreement, ...]]:
    """The number of opinions, and those that differ from ours."""
    count, differing = 0, []
    for path in paths:
        for opinion in await opinions(path):
            count += 1
            if not opinion.agrees:
                differing.append(Disagreement(str(path.relative_to(ROOT)), opinion))
    return count, tuple(differing)


def classify(opinion: SecondOpinion) -> tuple[Class, ...]:
    """The classes that match a disagreement; there should be exactly one."""
    return tuple(
        each
        for each in CLASSES
        if each.topic == opinion.topic
        and re.match(each.verdict, opinion.verdict)
        and re.search(each.note, opinion.note)
    )


def page(zone_count: int, opinion_count: int, differing: Sequence[Disagreement]) -> str:
    """The text of docs/checkdmarc.md."""
    counts = Counter(each.name for one in differing for each in classify(one.opinion))
    return "\n".join(_lines(zone_count, opinion_count, len(differing), counts)) + "\n"


def _lines(zone_count: int, opinion_count: int, different: int, counts: Counter[str]) -> Iterator[str]:
    yield from _HEAD.splitlines()
    yield f"{zone_count} zones, {opinion_count} opinions, {different} disagreements, {len(counts)} causes:"
    yield ""
    yield "| topic | cause | cases | who is right | why |"
    yield "| --- | --- | --- | --- | --- |"
    for each in CLASSES:
        yield f"| {each.topic} | {each.name} | {counts[each.name]} | {each.right} | {each.why} |"
    yield from _FOOT.splitlines()


def main() -> None:
    """Regenerate the page."""
    paths = zones()
    count, differing = asyncio.run(compare(paths))
    PAGE.write_text(page(len(paths), count, differing))


if __name__ == "__main__":
    main()
