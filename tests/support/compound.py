"""Writes compound files ([MS-CFB]) and Outlook messages ([MS-OXMSG])."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Union

Tree = Mapping[str, Union[bytes, "Tree"]]
SECTOR, MINI, CUTOFF = 512, 64, 4096
END, FREE, NONE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFD


class _Writer:
    """Builds a file; ``entries`` are its directory, the root first."""

    def __init__(self) -> None:
        self.data = b""
        self.fat: list[int] = []
        self.mini, self.mini_fat = b"", list[int]()
        self.entries: list[list[int | str]] = []

    def place(self, content: bytes) -> int:
        """Store the content in new sectors; returns the first."""
        count = -(-len(content) // SECTOR)
        if not count:
            return END
        first = len(self.fat)
        self.fat += [*range(first + 1, first + count), END]
        self.data += content.ljust(count * SECTOR, b"\0")
        return first

    def stream(self, content: bytes) -> int:
        if len(content) >= CUTOFF:
            return self.place(content)
        count = -(-len(content) // MINI)
        if not count:
            return END
        first = len(self.mini_fat)
        self.mini_fat += [*range(first + 1, first + count), END]
        self.mini += content.ljust(count * MINI, b"\0")
        return first

    def folder(self, tree: Tree) -> int:
        """Add the entries of a folder; returns the root of their tree."""
        numbers: list[int] = []
        for name in sorted(tree, key=lambda each: (len(each), each.upper())):
            number, node = len(self.entries), tree[name]
            kind = 2 if isinstance(node, bytes) else 1
            self.entries.append([name, kind, NONE, NONE, NONE, END, 0])
            if isinstance(node, bytes):
                self.entries[number][5:] = [self.stream(node), len(node)]
            else:
                self.entries[number][4] = self.folder(node)
            numbers.append(number)
        return self.balanced(numbers)

    def balanced(self, numbers: list[int]) -> int:
        if not numbers:
            return NONE
        middle = len(numbers) // 2
        self.entries[numbers[middle]][2] = self.balanced(numbers[:middle])
        self.entries[numbers[middle]][3] = self.balanced(numbers[middle + 1 :])
        return numbers[middle]

    def write(self, tree: Tree) -> bytes:
        self.entries.append(["Root Entry", 5, NONE, NONE, NONE, END, 0])
        self.entries[0][4] = self.folder(tree)
        self.entries[0][5:] = [self.place(self.mini), len(self.mini)]
        table = b"".join(struct.pack("<I", each) for each in self.mini_fat)
        minis = -(-len(table) // SECTOR)
        mini_fat = self.place(table.ljust(minis * SECTOR, b"\xff"))
        folder = b"".join(_entry(*each) for each in self.entries)  # type: ignore[arg-type] # rows of _entry
        directory = self.place(folder.ljust(-(-len(folder) // SECTOR) * SECTOR, b"\0"))
        tables = 1
        while tables * (SECTOR // 4) < len(self.fat) + tables:
            tables += 1
        assert tables <= 109
        first = len(self.fat)
        self.fat += [FAT] * tables
        fat = b"".join(struct.pack("<I", each) for each in self.fat).ljust(tables * SECTOR, b"\xff")
        head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        head += bytes(6) + struct.pack("<III", 0, tables, directory)
        head += struct.pack("<IIIIII", 0, CUTOFF, mini_fat, minis, END, 0)
        head += b"".join(struct.pack("<I", first + each if each < tables else FREE) for each in range(109))
        return head + self.data + fat


def _entry(name: str, kind: int, left: int, right: int, child: int, start: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    raw = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, left, right, child)
    return raw + bytes(36) + struct.pack("<IQ", start, size)


def compound(tree: Tree) -> bytes:
    """A compound file with these streams (bytes) and folders."""
    return _Writer().write(tree)


def numbers(head: int, values: Mapping[int, int]) -> bytes:
    """A stream of fixed-length properties, all of them PtypInteger32."""
    rows = (struct.pack("<HHIII", 3, number, 6, value, 0) for number, value in values.items())
    return bytes(head) + b"".join(rows)


def outlook(
    header: str,
    *,
    plain: str | None = None,
    html: bytes | None = None,
    codepage: int = 65001,
    rtf: bytes | None = None,
    attachments: Mapping[str, bytes] | None = None,
    inline: tuple[str, ...] = (),
) -> bytes:
    """A .msg file as Outlook writes it."""
    tree: dict[str, bytes | Tree] = {
        "__substg1.0_007D001F": header.encode("utf-16-le"),
        "__properties_version1.0": numbers(32, {0x3FDE: codepage, 0x3FFD: 1252}),
    }
    if plain is not None:
        tree["__substg1.0_1000001F"] = plain.encode("utf-16-le")
    if html is not None:
        tree["__substg1.0_10130102"] = html
    if rtf is not None:
        tree["__substg1.0_10090102"] = rtf
    for number, (name, content) in enumerate((attachments or {}).items()):
        tree[f"__attach_version1.0_#{number:08X}"] = {
            "__properties_version1.0": numbers(8, {0x3714: 4 if name in inline else 0}),
            "__substg1.0_3707001F": name.encode("utf-16-le"),
            "__substg1.0_370E001F": "application/pdf".encode("utf-16-le"),
            "__substg1.0_37010102": content,
        }
    return compound(tree)
