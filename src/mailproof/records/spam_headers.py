"""Spam filters' headers: Microsoft, SpamAssassin, Rspamd, Proofpoint, Mimecast, Barracuda and others."""

from __future__ import annotations

import re
from collections.abc import Callable

from mailproof.model.filters import FilterDetail, FilterJudgement, FilterVerdict
from mailproof.records import microsoft_words as words

MAX_HEADERS = 40
MAX_DETAILS = 60
MAX_VALUE = 8000
_NUMBER = r"(-?\d{1,6}(?:\.\d{1,6})?)"
_SCORE = re.compile(rf"\b(?:score|hits)={_NUMBER}", re.IGNORECASE)
_REQUIRED = re.compile(rf"\brequired={_NUMBER}", re.IGNORECASE)
_TESTS = re.compile(r"\btests=\[?([A-Za-z0-9_,.= \t\-]{0,4000})")
_RSPAMD = re.compile(rf"\A\s*[\w-]{{1,64}}: (True|False) \[{_NUMBER} / {_NUMBER}\]")
_ACTIONS: dict[str, FilterJudgement] = {
    **dict.fromkeys(("no action", "greylist"), "clean"),
    **dict.fromkeys(("add header", "rewrite subject", "quarantine", "reject", "discard"), "spam"),
}
#: What flags say.
_FLAGS: dict[str, FilterJudgement] = {
    **dict.fromkeys(("yes", "true", "spam"), "spam"),
    **dict.fromkeys(("no", "false", "ham"), "clean"),
}
#: Words in the names of Proofpoint's rules, the first of which counts.
_RULES: tuple[tuple[str, FilterJudgement], ...] = (
    *(("notspam", "clean"), ("phish", "phish"), ("spam", "spam"), ("bulk", "bulk")),
)
_SYMBOL = re.compile(rf";\s*([A-Z][A-Z0-9_]{{1,80}})\({_NUMBER}\)")
_FIRST_NUMBER = re.compile(_NUMBER)
_WORST: tuple[FilterJudgement, ...] = ("malware", "phish", "spam", "bulk", "bypassed", "clean")


def read_filter(name: str, value: str) -> FilterVerdict | None:
    """The verdict in a header; None if it is not a spam filter's. Never raises."""
    reader = _READERS.get(name.lower())
    return reader(name, value[:MAX_VALUE].strip()) if reader is not None else None


def _forefront(name: str, value: str) -> FilterVerdict:
    """``KEY:VALUE;…``; keys that Microsoft does not document are omitted."""
    details: list[FilterDetail] = []
    classes: list[FilterJudgement] = []
    score: float | None = None
    for part in value.split(";")[:200]:
        key, _, text = part.strip().partition(":")
        key, text = key.upper(), text.strip()[:300]
        meaning = words.OTHER.get((key, text.upper()), words.NAMES.get(key, ""))
        if key == "SCL" and (level := _integer(text)) is not None:
            meaning, judgement = words.scl(level)
            classes.append(judgement)
            score = float(level)
        elif key == "BCL" and (level := _integer(text)) is not None:
            meaning = words.bcl(level)
        elif key == "SFV" and text.upper() in words.SFV:
            meaning, judgement = words.SFV[text.upper()]
            classes.append(judgement)
        elif key == "CAT" and text.upper() in words.CAT:
            meaning, judgement = words.CAT[text.upper()]
            classes.append(judgement)
        if text and meaning:
            details.append(FilterDetail(key, text, meaning))
    worst: FilterJudgement = next((each for each in _WORST if each in classes), "unknown")
    return FilterVerdict("Microsoft", name, worst, score, None, tuple(details[:MAX_DETAILS]))


def _scl(name: str, value: str) -> FilterVerdict:
    level = _integer(value)
    if level is None:
        return FilterVerdict("Microsoft", name, "unknown", details=(FilterDetail("SCL", value[:100]),))
    meaning, judgement = words.scl(level)
    return FilterVerdict(
        "Microsoft", name, judgement, float(level), None, (FilterDetail("SCL", value, meaning),)
    )


def _spam_status(name: str, value: str) -> FilterVerdict:
    """SpamAssassin's ``Yes, score=7.1 required=5.0 tests=A,B``."""
    score, required, tests = _SCORE.search(value), _REQUIRED.search(value), _TESTS.search(value)
    begins: tuple[tuple[str, FilterJudgement], ...] = (("yes", "spam"), ("no", "clean"))
    judgement: FilterJudgement = next(
        (said for word, said in begins if value.lower().startswith(word)), "unknown"
    )
    listed = re.sub(r"\s", "", tests[1]) if tests else ""
    listed = re.split(r"(?:autolearn|version|shortcircuit)=", listed)[0]
    names = [each for each in listed.split(",") if each and each.lower() != "none"]
    return FilterVerdict(
        "SpamAssassin" if tests else "a spam filter",
        name,
        judgement,
        float(score[1]) if score else None,
        float(required[1]) if required else None,
        tuple(FilterDetail(*each.partition("=")[::2]) for each in names[:MAX_DETAILS]),
    )


def _rspamd(name: str, value: str) -> FilterVerdict:
    """Rspamd's ``default: False [3.50 / 15.00]; SYMBOL(1.00)[…]``."""
    head = _RSPAMD.match(value)
    if head is None:
        return FilterVerdict("Rspamd", name, "unknown", details=(FilterDetail("", value[:200]),))
    symbols = [FilterDetail(found[1], found[2]) for found in _SYMBOL.finditer(value)]
    symbols.sort(key=lambda each: -abs(float(each.value)))
    judgement: FilterJudgement = "spam" if head[1] == "True" else "clean"
    return FilterVerdict(
        "Rspamd", name, judgement, float(head[2]), float(head[3]), tuple(symbols[:MAX_DETAILS])
    )


def _proofpoint(name: str, value: str) -> FilterVerdict:
    """``rule=notspam policy=default score=0 spamscore=0 …``."""
    pairs = dict(part.partition("=")[::2] for part in value.split()[:100] if "=" in part)
    rule = pairs.get("rule", "").lower()
    judgement: FilterJudgement = next((said for word, said in _RULES if word in rule), "unknown")
    kept = ("rule", "policy", "spamscore", "phishscore", "bulkscore", "malwarescore", "impostorscore")
    details = tuple(FilterDetail(key, pairs[key][:60]) for key in kept if key in pairs)
    return FilterVerdict("Proofpoint", name, judgement, _decimal(pairs.get("score", "")), None, details)


def _flag(name: str, value: str) -> FilterVerdict:
    word = value.split()[0].lower().rstrip(",;") if value.split() else ""
    return FilterVerdict(_OWNERS.get(name.lower(), "a spam filter"), name, _FLAGS.get(word, "unknown"))


def _action(name: str, value: str) -> FilterVerdict:
    """The action that Rspamd requested: ``no action``, ``add header`` and so on."""
    return FilterVerdict("Rspamd", name, _ACTIONS.get(value.strip().lower(), "unknown"))


def _score(name: str, value: str) -> FilterVerdict:
    return FilterVerdict(_OWNERS.get(name.lower(), "a spam filter"), name, "unknown", _decimal(value))


def _integer(text: str) -> int | None:
    text = text.strip()
    return int(text) if re.fullmatch(r"-?\d{1,3}", text) else None


def _decimal(text: str) -> float | None:
    found = _FIRST_NUMBER.search(text)
    return float(found[1]) if found else None


_OWNERS = {
    "x-mimecast-spam-score": "Mimecast",
    "x-barracuda-spam-score": "Barracuda",
    "x-barracuda-spam-status": "Barracuda",
    "x-icl-score": "Apple",
    "x-yahoofilteredbulk": "Yahoo",
    "x-rspamd-score": "Rspamd",
    "x-rspam-user": "Rspamd",
}
_READERS: dict[str, Callable[[str, str], FilterVerdict]] = {
    "x-forefront-antispam-report": _forefront,
    "x-microsoft-antispam": _forefront,
    "x-ms-exchange-organization-scl": _scl,
    "x-spam-status": _spam_status,
    "x-barracuda-spam-status": _spam_status,
    "x-spamd-result": _rspamd,
    "x-rspamd-action": _action,
    "x-proofpoint-spam-details": _proofpoint,
    "x-spam-flag": _flag,
    "x-spam": _flag,
    "x-spam-score": _score,
    "x-spam-hits": _score,
    "x-rspamd-score": _score,
    "x-mimecast-spam-score": _score,
    "x-barracuda-spam-score": _score,
    "x-icl-score": _score,
}
