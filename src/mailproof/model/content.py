"""What a message holds: its MIME parts, and the links and images of its HTML."""

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
    """A link of the HTML: where it leads, and the text that is shown. ``host`` is that of the target."""

    target: str
    host: str
    text: str = ""


class KeptContent(Struct, frozen=True):
    """What a file keeps of a message beside its header, though not as it was sent.

    ``html_octets`` is the size of the whole HTML, of which ``html`` is the start; ``reason`` says in words
    why it is not what was sent; ``readable`` is False where the words are kept in a form that is not read.
    """

    plain: str
    html: str
    html_octets: int
    attachments: tuple[ContentPart, ...]
    reason: str
    readable: bool = True


class MessageContent(Struct, frozen=True):
    """The content. ``html_octets`` is the size of the HTML as it is sent to be shown; ``text_letters`` the
    characters, without white space, that it shows, ``plain_letters`` those at the start of the text parts;
    ``problems`` what is broken in its MIME structure; ``raw_8bit`` counts
    octets over 127 in parts that do not announce them. ``rebuilt`` is "" for the octets that came; else it
    says why they are not at hand: then the structure is not known, and the words neither unless ``readable``.
    """

    parts: tuple[ContentPart, ...] = ()
    html_octets: int = 0
    text_letters: int = 0
    plain_letters: int = 0
    images: int = 0
    links: tuple[ContentLink, ...] = ()
    problems: tuple[str, ...] = ()
    raw_8bit: int = 0
    rebuilt: str = ""
    readable: bool = True

    @property
    def html(self) -> bool:
        """Whether there is HTML to show."""
        return self.html_octets > 0
