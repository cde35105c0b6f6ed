"""What a mailbox may cost, with any server: one table for IMAP, POP3, the listener and files."""

from __future__ import annotations

MIB = 1024 * 1024

#: Octets of a message's header that are read to see whether it may be the probe or a bounce of it.
MAX_HEADER = 256 * 1024
#: Octets of a bounce that are read, from its beginning: the report and the header of what came back.
MAX_BOUNCE = MIB
#: Octets of an arriving message that is taken for the probe. A larger one is not read.
MAX_PROBE = 50 * MIB
#: Lines of a bounce that are asked of a POP3 server (TOP).
MAX_BOUNCE_LINES = 5_000

#: Times the timeout of one step that opening a mailbox may take: connection, sign-in, list of folders.
OPENING_STEPS = 3
#: Octets in one line of a mailbox server's reply.
MAX_LINE = 64 * 1024
#: Octets of one reply's literal (an IMAP string that is not a message) that are kept.
MAX_TEXT = 4 * 1024
#: Literals in one IMAP response.
MAX_LITERALS = 64
#: Replies of a mailbox server in one phase: opening, one look, one wait, the removal.
MAX_REPLIES = 20_000
#: Octets that a mailbox server may send in one phase, those of messages that are not kept included.
MAX_OCTETS = 1024 * MIB
#: Octets of the replies to one command that are kept.
MAX_KEPT = 8 * MIB
#: Replies after which the rest of the program has its turn, Ctrl-C included.
REPLIES_A_TURN = 64
#: Steps of one sign-in (SASL).
MAX_AUTH_STEPS = 8
#: Capabilities of a mailbox server that are noted.
MAX_CAPABILITIES = 500

#: Folders of an IMAP account that are watched.
MAX_FOLDERS = 200
#: New messages of one folder that are read in one look, the latest.
MAX_NEW = 300
#: Messages that a POP3 server may list.
MAX_LISTED = 100_000

#: Octets of an API's reply that lists messages or folders, or shows one header.
MAX_API_REPLY = 2 * MIB
#: Messages that an API is asked to list: the latest.
MAX_API_LISTED = 100
#: Seconds before the probe from which on an API lists messages: its clock may be behind ours.
API_CLOCK_S = 300

#: Connections to the listener at a time; the next one is turned away.
MAX_CONNECTIONS = 20
#: Octets of messages on their way into the listener at a time, over all connections.
MAX_IN_FLIGHT = 64 * MIB
#: Octets of one message that the listener takes.
MAX_TAKEN = 32 * MIB
#: Commands of one kind in one connection to the listener.
LISTENER_COMMANDS = 1_000
#: Seconds that a connection to the listener may say nothing.
LISTENER_SILENCE_S = 60
