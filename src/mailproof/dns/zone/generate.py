"""BIND's $GENERATE: a range, and templates in which ``$`` is the number."""

from __future__ import annotations

import re

_RANGE = re.compile(r"([0-9]{1,10})-([0-9]{1,10})(?:/([0-9]{1,10}))?")
_MODIFIER = re.compile(r"\{(-?[0-9]{1,10})(?:,([0-9]{1,3})(?:,([doxXnN]))?)?\}")
_PIECE = re.compile(r"\\.|\$\$|\$(?:\{[^}]{0,40}\})?|[^\\$]+")


def parse_range(text: str, most: int) -> range:
    """Parse ``start-stop[/step]``. Raises ValueError with the reason: not a range, or more than ``most``."""
    match = _RANGE.fullmatch(text)
    if not match:
        raise ValueError(f"{text[:40]!a} is not a range like 1-10 or 1-10/2")
    start, stop, step = int(match[1]), int(match[2]), int(match[3] or 1)
    if step < 1 or stop < start:
        raise ValueError(f"the range {text} is empty")
    numbers = range(start, stop + 1, step)
    if len(numbers) > most:
        raise ValueError(f"the range {text} makes too many records")
    return numbers


class Template:
    """A word with ``$``, ``${offset,width,base}``, ``\\$`` and ``$$`` in it. Raises ValueError."""

    def __init__(self, text: str) -> None:
        self._pieces: list[str | tuple[int, int, str]] = []
        for piece in _PIECE.findall(text):
            if piece in ("\\$", "$$"):
                self._pieces.append("$")
            elif not piece.startswith("$"):
                self._pieces.append(piece)
            elif piece == "$":
                self._pieces.append((0, 0, "d"))
            else:
                match = _MODIFIER.fullmatch(piece[1:])
                if not match:
                    raise ValueError(f"{piece[:40]!a} is not like ${{offset,width,base}}")
                width = int(match[2] or 0)
                if width > 255:
                    raise ValueError(f"the width of {piece} is over 255")
                self._pieces.append((int(match[1]), width, match[3] or "d"))

    def fill(self, number: int) -> str:
        """The word for one number. Raises ValueError if the offset makes it negative."""
        return "".join(p if isinstance(p, str) else _figure(number + p[0], p[1], p[2]) for p in self._pieces)


def _figure(value: int, width: int, base: str) -> str:
    if value < 0:
        raise ValueError(f"a number below zero ({value})")
    if base in "nN":
        # Nibbles, the least significant first, as in ip6.arpa; the width counts the dots.
        digits = f"{value:{'x' if base == 'n' else 'X'}}"[::-1]
        nibbles = digits.ljust((width + 1) // 2, "0")
        return ".".join(nibbles)
    return f"{value:0{width}{base}}"
