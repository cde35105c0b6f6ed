"""The questions of ``mailproof init --kind``: the settings for a provider's API or a program."""

from __future__ import annotations

from typing import cast

from mailproof.cli.asking import ask, ask_variable, line, secret_line
from mailproof.config.senders import NEEDS, base_problem, is_name
from mailproof.model import SenderKind

_QUESTIONS = {
    "region": "Region",
    "account": "Account (Cloudflare: its id; Graph: the tenant)",
    "key_id": "Access key id, public key or OAuth client id",
    "url": "URL of the API",
    "program": "Command line of the program",
}
#: What to ask for providers with several ways to sign in: the most common one.
_USUAL: dict[SenderKind, tuple[str, ...]] = {"graph": ("account", "key_id", "key"), "gmail": ("key",)}


def ask_sender(kind: str) -> list[str]:
    """Ask for the settings, and return the lines of ``[profiles.default.submit]``."""
    known = cast(SenderKind, kind)
    needs = NEEDS[known]
    lines = [line("kind", kind)]
    wanted = (*needs.required, *_USUAL.get(known, ()), *(("region",) if needs.regions else ()))
    for key in dict.fromkeys(wanted):
        if key == "key":
            what = "the service account's JSON on one line" if kind == "gmail" else "the key"
            name = ask_variable(f"Environment variable with {what}", f"MAILPROOF_{kind.upper()}_KEY", "key")
            lines.append(secret_line("key", name))
        else:
            lines.append(line(key, _answer(key, needs.regions)))
    return lines


def _answer(key: str, regions: tuple[str, ...]) -> str:
    default = regions[0] if key == "region" and regions else None
    words = f"{_QUESTIONS[key]} ({', '.join(regions)})" if default else _QUESTIONS[key]

    def problem(text: str) -> str:
        found = _problem(key, text, regions)
        return f"{text!r}: {found}" if found else ""

    return ask(words, default, problem)


def _problem(key: str, text: str, regions: tuple[str, ...]) -> str:
    if key == "region" and regions and text not in regions:
        return f"use one of {', '.join(regions)}"
    if key in ("region", "account") and not is_name(text):
        return "use letters, digits, '.', '-' and '_'"
    if key == "url":
        return base_problem(text)
    return "" if text.isprintable() else "it contains a control character"
