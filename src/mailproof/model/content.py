"""The content of a message: its MIME parts, and the links and images of its HTML."""

from __future__ import annotations

from msgspec import Struct


class ContentPart(Struct, frozen=True):
    """A leaf of the MIME tree. ``size`` in octets, decoded; ``attachment`` as its disposition says."""

    media_type: str
    charset: str = ""
    encoding: str = "7bit"
    size: int = 0
    filename: str = ""
    attachment: bool = False


class ContentLink(Struct, frozen=True):
    """A link in the HTML: its target and the text shown. ``host`` is the target's."""

    target: str
    host: str
    text: str = ""


class KeptContent(Struct, frozen=True):
    """The content that a file keeps of a message, though not the octets that were sent.

    ``html_octets`` is the size of the whole HTML, of which ``html`` is the start; ``reason`` says in words
    why it is not what was sent; ``readable`` is False if the text is stored in an unsupported format.
    """

    plain: str
    html: str
    html_octets: int
    attachments: tuple[ContentPart, ...]
    reason: str
    readable: bool = True


class MessageContent(Struct, frozen=True):
    """The content. ``html_octets`` is the size of the HTML as sent for display; ``text_letters`` counts the
    characters it shows, without white space, ``plain_letters`` those at the start of the text parts;
    ``problems`` are faults in the MIME structure; ``unsubscribe``: a link, or the text around it, mentions
    unsubscribing; ``raw_8bit`` counts octets over 127 in parts that do not declare them. ``rebuilt`` is "" if
    these are the octets received, else the reason why those are not available: the structure is then unknown,
    and so is the text unless ``readable``.
    """

    parts: tuple[ContentPart, ...] = ()
    html_octets: int = 0
    text_letters: int = 0
    plain_letters: int = 0
    images: int = 0
    links: tuple[ContentLink, ...] = ()
    unsubscribe: bool = False
    problems: tuple[str, ...] = ()
    raw_8bit: int = 0
    rebuilt: str = ""
    readable: bool = True

    @property
    def html(self) -> bool:
        """Whether there is HTML."""
        return self.html_octets > 0
