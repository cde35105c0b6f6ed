"""Messages saved by Outlook (.msg, [MS-OXMSG]): the original header, and what else is preserved.

Such a file does not preserve the message as sent: bodies and attachments are re-encoded, and a plain text is
made up if only HTML was sent. So the message consists of the header section alone, without a body, and the
content is passed separately (KeptContent), for the checks that don't need the octets.
"""

from __future__ import annotations

import io

from msgspec import Struct

from mailproof.errors import MessageError
from mailproof.mail.compound import Folder, open_folder, text_of
from mailproof.model import ContentPart, KeptContent

# [MS-OXPROPS] sections 2.1022, 2.761, 2.765, 2.866; of attachments 2.609 to 2.613, 2.602, 2.592.
_HEADERS, _PLAIN, _HTML, _RTF = 0x007D, 0x1000, 0x1013, 0x1009
_DATA, _LONG_NAME, _NAME, _TYPE, _FLAGS, _HIDDEN = 0x3701, 0x3707, 0x3704, 0x370E, 0x3714, 0x7FFE
_INTERNET_CODEPAGE, _MESSAGE_CODEPAGE = 0x3FDE, 0x3FFD
#: Windows code pages that Python does not call ``cp`` and the number.
_CODEPAGES = (
    {65001: "utf-8", 20127: "ascii", 20866: "koi8-r", 21866: "koi8-u", 50220: "iso-2022-jp"}
    | {51932: "euc-jp", 51949: "euc-kr", 936: "gb18030", 54936: "gb18030"}
    | {28590 + part: f"iso-8859-{part}" for part in range(1, 17)}
)
#: PidTagAttachFlags: shown within the HTML, so not an attachment to the reader.
_IN_HTML = 0x4
MAX_HEADERS = 2_000_000
MAX_FILE = 100_000_000
#: Octets of a body that are read, and the most attachments.
MAX_BODY = 1_000_000
MAX_ATTACHMENTS = 200
_WHY = "Outlook does not keep the body as it was sent: checks that need the original are left unknown"
_RTF_ALONE = f"{_WHY}, and of this message it keeps only RTF: its text and links are not checked"


class OutlookMessage(Struct, frozen=True):
    """``header`` is the header section without the final empty line; ``kept`` the rest, if any."""

    header: bytes
    kept: KeptContent | None = None


def read_outlook(raw: bytes, name: str = "the file") -> OutlookMessage:
    """Parse a .msg file.

    Raises MessageError if olefile is not installed, the file is broken or too large, or it has no header (a
    draft, or mail that never left the organization).
    """
    if len(raw) > MAX_FILE:
        raise MessageError(f"{name}: larger than {MAX_FILE // 1_000_000} MB: not checked")
    try:
        import olefile
    except ImportError:
        raise MessageError(
            f"{name} is an Outlook .msg file: install mailproof[msg] to read it, or save the message as .eml"
        ) from None
    try:
        with open_folder(io.BytesIO(raw), olefile.OleFileIO) as root:
            text = root.text(_HEADERS, MAX_HEADERS, "latin-1")
            return OutlookMessage(_section(text, name), _kept(root))
    except MessageError:
        raise
    except RecursionError:
        raise MessageError(
            f"{name}: the Outlook file cannot be read: its internal folders are broken"
        ) from None
    except Exception as error:  # noqa: BLE001 - olefile raises all kinds on broken files (OSError …)
        said = " ".join(str(error).split())[:200]
        raise MessageError(f"{name}: the Outlook file cannot be read: {said}") from None


def _section(text: str | None, name: str) -> bytes:
    if text is None:
        raise MessageError(
            f"{name}: the Outlook file keeps no Internet header (a draft, or mail that stayed in the "
            "organization)"
        )
    lines = text.rstrip("\0\r\n ").replace("\r\n", "\n").split("\n")
    if lines and lines[0].startswith("Microsoft Mail Internet Headers"):
        lines = lines[1:]
    kept = [line for line in lines if line.strip()]
    if not kept:
        raise MessageError(f"{name}: the Outlook file keeps an empty header")
    return "\r\n".join(kept).encode("utf-8", "replace") + b"\r\n"


def _kept(root: Folder) -> KeptContent | None:
    numbers = root.numbers(32)
    eight_bit = _charset(numbers.get(_MESSAGE_CODEPAGE, 1252))
    plain = root.text(_PLAIN, MAX_BODY, eight_bit)
    html, octets = _html(root, _charset(numbers.get(_INTERNET_CODEPAGE, 65001)), eight_bit)
    folders = root.folders("__attach_version1.0_#")[:MAX_ATTACHMENTS]
    attachments = tuple(_attachment(each, eight_bit) for each in folders)
    rich = root.size(_RTF)
    if plain is None and html is None and not attachments and not rich:
        return None
    alone = bool(rich) and html is None
    return KeptContent(plain or "", html or "", octets, attachments, _RTF_ALONE if alone else _WHY, not alone)


def _html(root: Folder, charset: str, eight_bit: str) -> tuple[str | None, int]:
    """The HTML and its size in octets: stored in its original charset, or as a string."""
    raw = root.binary(_HTML, MAX_BODY)
    if raw is not None:
        return text_of(raw, charset), root.size(_HTML)
    text = root.text(_HTML, MAX_BODY, eight_bit)
    return text, len(text.encode("utf-8", "replace")) if text else 0


def _attachment(folder: Folder, eight_bit: str) -> ContentPart:
    numbers = folder.numbers(8)
    name = folder.text(_LONG_NAME, 2000, eight_bit) or folder.text(_NAME, 2000, eight_bit) or ""
    kind = folder.text(_TYPE, 400, eight_bit) or "application/octet-stream"
    shown = bool(numbers.get(_FLAGS, 0) & _IN_HTML or numbers.get(_HIDDEN, 0) & 1)
    return ContentPart(
        media_type=kind.strip().lower()[:100],
        size=folder.size(_DATA),
        filename=name.strip("\0 ")[:300],
        attachment=not shown,
    )


def _charset(codepage: int) -> str:
    return _CODEPAGES.get(codepage, f"cp{codepage}")
