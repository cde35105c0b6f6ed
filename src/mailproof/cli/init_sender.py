"""The questions of ``mailproof init --kind``: what a provider's API or a program needs."""

from __future__ import annotations

import json
from typing import cast

import typer

from mailproof.cli.streams import complain
from mailproof.config.senders import NEEDS, base_problem, is_name
from mailproof.model import SenderKind

_QUESTIONS = {
    "region": "Region",
    "account": "Account (Cloudflare: its id; Graph: the tenant)",
    "key_id": "Access key id, public key or OAuth client id",
    "url": "URL of the API",
    "program": "Command line of the program",
}
#: What is asked of those that may have one thing or another: the usual way in.
_USUAL: dict[SenderKind, tuple[str, ...]] = {"graph": ("account", "key_id", "key"), "gmail": ("key",)}


def ask_sender(kind: str) -> list[str]:
    """The lines of ``[profiles.default.submit]``, from the answers."""
    known = cast(SenderKind, kind)
    needs = NEEDS[known]
    lines = [f"kind = {json.dumps(kind)}"]
    wanted = (*needs.required, *_USUAL.get(known, ()), *(("region",) if needs.regions else ()))
    for key in dict.fromkeys(wanted):
        if key == "key":
            lines.append(f"key = {{ env = {json.dumps(_variable(kind))} }}")
        else:
            lines.append(f"{key} = {json.dumps(_answer(key, needs.regions), ensure_ascii=False)}")
    return lines


def _variable(kind: str) -> str:
    what = "the service account's JSON on one line" if kind == "gmail" else "the key"
    while True:
        text: str = typer.prompt(
            f"Environment variable with {what}", default=f"MAILPROOF_{kind.upper()}_KEY"
        ).strip()
        if text.isidentifier() and text.isascii():
            return text
        complain(f"{text[:20]!r} is not a variable name (don't enter the key itself)")


def _answer(key: str, regions: tuple[str, ...]) -> str:
    words = f"{_QUESTIONS[key]} ({', '.join(regions)})" if key == "region" and regions else _QUESTIONS[key]
    while True:
        text: str = typer.prompt(words, default=regions[0] if key == "region" and regions else None).strip()
        problem = _problem(key, text, regions)
        if not problem:
            return text
        complain(f"{text!r}: {problem}")


def _problem(key: str, text: str, regions: tuple[str, ...]) -> str:
    if key == "region" and regions and text not in regions:
        return f"use one of {', '.join(regions)}"
    if key in ("region", "account") and not is_name(text):
        return "use letters, digits, '.', '-' and '_'"
    if key == "url":
        return base_problem(text)
    return "" if text.isprintable() else "it contains a control character"
