"""Delivery notifications with a text chosen by the test."""

from __future__ import annotations

from mailproof.explain import explain_dsn
from mailproof.model import BounceReply

#: Return path, From, subject, words.
NOTICE = "Return-Path: {}\nFrom: {}\nTo: ada@acme.example\nSubject: {}\n\n{}\n"


def notified(words: str, header: str = "") -> tuple[BounceReply, ...]:
    """The replies found in a single-part notification."""
    raw = (
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.acme.example\nTo: ada@acme.example\n"
        f"Subject: failure notice\n{header}\n{words}\n"
    )
    found = explain_dsn(raw.encode())
    return found.replies if found else ()
