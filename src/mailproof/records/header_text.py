"""Tokenizes structured headers: words, quoted strings, comments, literals (RFC 5322 section 3.2)."""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from mailproof.records.charsets import decode_charset

#: Longer values are truncated before parsing; no legitimate one comes near.
MAX_VALUE = 65_536

TokenKind = Literal["word", "quoted", "comment", "literal", "special"]

_ENCODED_WORD = re.compile(r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?\s]{0,2000}\?=")
_COMMENT_MARK = re.compile(r"[()\\]")
_QUOTE_MARK = re.compile(r'["\\]')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class Token(Struct, frozen=True, gc=False):
    """One token. ``text`` excludes its quotes, brackets or parentheses; ``start`` and ``end`` include them.

    ``closed`` is False if the closing one is missing, so that the token extends to the end of the text.
    """

    kind: TokenKind
    text: str
    start: int
    end: int
    closed: bool = True


def tokenize(text: str, specials: str = "", *, literals: bool = True) -> tuple[Token, ...]:
    """Tokenize ``text``; each character of ``specials`` is a token. Never raises, never recurses."""
    text = text[:MAX_VALUE]
    word = _word(specials, literals)
    tokens: list[Token] = []
    position, size = 0, len(text)
    while match := word.match(text, position):
        start, position = match.span(1)
        if position > start:
            tokens.append(Token("word", text[start:position], start, position))
            continue
        if start == size:
            break
        char = text[start]
        if char == "(":
            position, closed = _comment_end(text, start)
            tokens.append(Token("comment", text[start + 1 : position - closed], start, position, closed))
        elif char == '"':
            position, closed = _quote_end(text, start)
            inner = _ESCAPED.sub(r"\1", text[start + 1 : position - closed])
            tokens.append(Token("quoted", inner, start, position, closed))
        elif char == "[" and literals:
            close = text.find("]", start)
            position = size if close < 0 else close + 1
            tokens.append(
                Token("literal", text[start + 1 : close if close >= 0 else size], start, position, close >= 0)
            )
        else:
            position += 1
            tokens.append(Token("special", char, start, position))
    return tuple(tokens)


@lru_cache(maxsize=16)
def _word(specials: str, literals: bool) -> re.Pattern[str]:
    """The separators of tokens, followed by an encoded word or a possibly empty run of word characters."""
    others = re.escape(f"{specials}[" if literals else specials)
    return re.compile(rf'[\s)]*({_ENCODED_WORD.pattern}|[^\s()"{others}]*)')


def _comment_end(text: str, start: int) -> tuple[int, bool]:
    """Where the comment that opens at ``start`` ends, and whether it is closed; iterative, not recursive."""
    depth, position = 0, start
    while match := _COMMENT_MARK.search(text, position):
        position = match.end()
        mark = match.group()
        if mark == "\\":
            position += 1
        elif mark == "(":
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                return position, True
    return len(text), False


def _quote_end(text: str, start: int) -> tuple[int, bool]:
    position = start + 1
    while match := _QUOTE_MARK.search(text, position):
        if match.group() == '"':
            return match.end(), True
        position = match.end() + 1
    return len(text), False


def decode_words(text: str) -> str:
    """Decode encoded words (RFC 2047); undecodable ones are left unchanged."""
    if "=?" not in text:
        return text
    joined = re.sub(r"\?=[ \t\r\n]+=\?", "?==?", text[:MAX_VALUE])
    return _ENCODED_WORD.sub(lambda match: _decode_word(match.group()), joined)


def _decode_word(word: str) -> str:
    import quopri

    charset, encoding, payload = word[2:-2].split("?", 2)
    try:
        if encoding in "bB":
            raw = base64.b64decode(payload + "=" * (-len(payload) % 4))
        else:
            raw = quopri.decodestring(payload.encode("utf-8"), header=True)
        return decode_charset(raw, charset.partition("*")[0])
    except (binascii.Error, LookupError, ValueError):
        return word
