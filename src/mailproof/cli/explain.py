"""``mailproof explain``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from mailproof.cli import complete
from mailproof.cli import options as opt
from mailproof.cli.groups import argument

if TYPE_CHECKING:
    from mailproof.render.look import Look

_ENDINGS = (".eml", ".txt", ".log", ".msg", ".dsn")


def command(
    words: Annotated[
        list[str],
        argument(
            'RULE|"TEXT"|FILE|-',
            "A rule ID, a reply of a server or API, a file with a bounce or log, or - for stdin.",
            complete.rules,
        ),
    ],
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
    from mailproof.errors import UsageError
    from mailproof.explain import explain_file, explain_text

    text = " ".join(words).strip()
    if text.upper() in registry.ids():
        _show_rule(text.upper(), form, color)
        return
    raw = _content(text)
    explanation = explain_text(text) if raw is None else explain_file(raw)
    if not explanation.known:
        if text == "-":
            raise UsageError("the text on standard input matches no known reply")
        raise UsageError(
            f"{text[:60]!r} is neither a rule ID (see mailproof rules) nor a known reply of a server or API"
        )

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


def _show_rule(rule: str, form: opt.Form, color: opt.Color) -> None:
    from mailproof.checks import registry
    from mailproof.cli.output import show

    check = registry.check(rule)

    def page(look: Look) -> str:
        from mailproof.render.text.catalogue import render_page

        return render_page(check.rule, check.doc, look)

    show(form, color, check.rule, page, doc=check.doc)


def _content(text: str) -> bytes | None:
    """The octets of standard input or of a file; None where the argument is neither."""
    from mailproof.errors import MessageError
    from mailproof.files import read_given
    from mailproof.mail.bounce_text import MAX_TEXT

    if text == "-":
        if sys.stdin.isatty():
            sys.stderr.write("mailproof: paste the bounce or the log, then press Ctrl-D\n")
        return sys.stdin.buffer.read(MAX_TEXT)
    path = Path(text)
    if not _is_file(path):
        if path.suffix.lower() in _ENDINGS and not text.strip().count(" "):
            raise MessageError(f"{text}: no such file")
        return None
    try:
        return read_given(path, MAX_TEXT)[:MAX_TEXT]
    except OSError as error:
        raise MessageError(f"{text}: cannot be read: {error.strerror or error}") from None


def _is_file(path: Path) -> bool:
    """Whether it names a file: no system lets a bounce's text be a name (too long, line ends, NUL)."""
    try:
        return path.exists() and not path.is_dir()
    except (OSError, ValueError):
        return False
