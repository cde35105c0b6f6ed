"""``mailproof explain``."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Sequence
from pathlib import Path

from mailproof.cli import complete
from mailproof.cli import options as opt
from mailproof.cli.groups import argument
from mailproof.cli.streams import standard_input
from mailproof.errors import MessageError, UsageError
from mailproof.files import failing_as, read_given
from mailproof.render.look import Look

#: The form of a rule's ID.
_RULE = re.compile(r"[A-Z]{2,6}[0-9]{3}", re.I)
_ENDINGS = (".eml", ".txt", ".log", ".msg", ".dsn")


def command(
    words: list[str] = argument(
        'RULE|"TEXT"|FILE|-',
        "Rule IDs, a reply of a server or API, a file with a bounce or log, or - for stdin.",
        complete=complete.rules,
    ),
    form: opt.OtherForm = "text",
    color: opt.Colors = "auto",
) -> None:
    """Explain a rule, a bounce, a provider's error or a log line, and what to do about it.

    [bold]mailproof explain SPF003[/]

    [bold]mailproof explain "550-5.7.26 This mail has been blocked"[/]

    [bold]mailproof explain bounce.eml[/]
    """
    from mailproof.checks import registry
    from mailproof.cli.output import show
    from mailproof.explain import explain_file, explain_text

    text = " ".join(words).strip()
    rules = dict.fromkeys(text.upper().replace(",", " ").split())
    if rules and rules.keys() <= set(registry.ids()):
        _show_rules(tuple(rules), form, color)
        return
    raw = _content(text)
    explanation = explain_text(text) if raw is None else explain_file(raw)
    if not explanation.known or (raw is None and _begins_several(text, registry.ids())):
        raise UsageError(_fault(text, raw, registry.ids()))

    def page(look: Look) -> str:
        from mailproof.render.text.explanation import render_explanation

        titles = {
            rule: registry.check(rule).rule.title
            for reply in explanation.replies
            for cause in reply.causes
            for rule in cause.checks
            if rule in registry.ids()
        }
        return render_explanation(explanation, titles, look)

    show(form, color, explanation, page)


def _show_rules(rules: Sequence[str], form: opt.Form, color: opt.Color) -> None:
    from mailproof.checks import registry
    from mailproof.cli.output import show
    from mailproof.render.json import to_plain

    checks = [registry.check(rule) for rule in rules]

    def page(look: Look) -> str:
        from mailproof.render.text.catalogue import render_page

        return "\n".join(render_page(each.rule, each.doc, look) for each in checks)

    found = [to_plain(each.rule) | {"doc": each.doc} for each in checks]
    show(form, color, found if len(found) > 1 else found[0], page)


def _fault(text: str, raw: bytes | None, known: Collection[str]) -> str:
    """Why there is nothing to explain."""
    if raw is not None:
        shown = "the text on standard input" if text == "-" else text
        return f"{shown} {'matches no known reply of a server or API' if raw.strip() else 'is empty'}"
    if os.path.isdir(text):
        return f"{text} is a folder: name a file"
    unknown = [word for word in text.split() if word.upper() not in known]
    if unknown and all(_RULE.fullmatch(word) for word in text.split()):
        return f"there is no rule {unknown[0][:20]} (see mailproof rules)"
    if _begins_several(text, known):
        return f"{text} is the beginning of several rules: mailproof rules {text} lists them"
    return f"{text[:60]!r} is neither a rule ID (see mailproof rules) nor a known reply of a server or API"


def _begins_several(text: str, known: Collection[str]) -> bool:
    return bool(text) and any(each.startswith(text.upper()) for each in known)


def _content(text: str) -> bytes | None:
    """The content of standard input or a file; None if the argument is neither."""
    from mailproof.mail.bounce_text import MAX_TEXT
    from mailproof.records.message import MAX_MESSAGE, OUTLOOK

    if text == "-":
        closed = MessageError("standard input is closed: name a file")
        return standard_input(closed, "the bounce or the log").read(MAX_TEXT)
    path = Path(text)
    if not _is_file(path):
        if path.suffix.lower() in _ENDINGS and not text.strip().count(" "):
            raise MessageError(f"{text}: no such file")
        return None
    with failing_as(MessageError, f"{text}: cannot be read"):
        raw = read_given(path, MAX_TEXT)[:MAX_TEXT]
        return read_given(path, MAX_MESSAGE) if raw.startswith(OUTLOOK) else raw


def _is_file(path: Path) -> bool:
    """Whether it names a file. A bounce's text can't be a valid name (too long, line breaks, NUL)."""
    try:
        return path.exists() and not path.is_dir()
    except (OSError, ValueError):
        return False
