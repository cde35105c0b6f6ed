"""Messages that Outlook saved (.msg, [MS-OXMSG]): the header as it came.

Such a file does not keep the message as sent: the body is stored anew, in other encodings. Nothing that
needs the original octets can be judged from it, so only the header section is taken.
"""

from __future__ import annotations

import io

from mailproof.errors import MessageError

#: The first octets of a compound file ([MS-CFB] section 2.2).
MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: PidTagTransportMessageHeaders, as Unicode and as an 8-bit string ([MS-OXPROPS] section 2.1022).
_HEADERS = (("__substg1.0_007D001F", "utf-16-le"), ("__substg1.0_007D001E", "latin-1"))
MAX_HEADERS = 2_000_000


def is_outlook(raw: bytes) -> bool:
    """Whether the octets are those of a compound file."""
    return raw.startswith(MAGIC)


def outlook_headers(raw: bytes, name: str = "the file") -> bytes:
    """The header section of a .msg file, without the empty line that ends one: there is no body to judge.

    Raises MessageError where the reader is not installed, the file is broken, or it keeps no header (a
    draft, or mail that never left the organization).
    """
    try:
        import olefile
    except ImportError:
        raise MessageError(
            f"{name} is an Outlook .msg file: install mailproof[msg] to read it, or save the message as .eml"
        ) from None
    try:
        with olefile.OleFileIO(io.BytesIO(raw)) as file:
            for stream, encoding in _HEADERS:
                if file.exists(stream):
                    text = file.openstream(stream).read(MAX_HEADERS).decode(encoding, "replace")
                    return _section(text, name)
    # olefile raises many kinds of errors (IndexError, struct.error, OSError …) on broken files.
    except Exception as error:
        if isinstance(error, MessageError):
            raise
        raise MessageError(f"{name}: the Outlook file cannot be read: {error}") from None
    raise MessageError(
        f"{name}: the Outlook file keeps no Internet header (a draft, or mail that stayed in the "
        "organization)"
    )


def _section(text: str, name: str) -> bytes:
    lines = text.rstrip("\0\r\n ").replace("\r\n", "\n").split("\n")
    if lines and lines[0].startswith("Microsoft Mail Internet Headers"):
        lines = lines[1:]
    kept = [line for line in lines if line.strip()]
    if not kept:
        raise MessageError(f"{name}: the Outlook file keeps an empty header")
    return "\r\n".join(kept).encode("utf-8") + b"\r\n"
