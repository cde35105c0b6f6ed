"""Limits on what a mailbox may cost, with any server: one table for IMAP, POP3, the listener and files."""

from __future__ import annotations

MIB = 1024 * 1024

#: Octets read of a message's header, to see whether it may be the probe or a bounce of it.
MAX_HEADER = 256 * 1024
#: Octets read of a bounce, from the start: the report and the header of the returned message.
MAX_BOUNCE = MIB
#: The largest message that is accepted as the probe, in octets.
MAX_PROBE = 50 * MIB
#: Lines of a bounce that are requested from a POP3 server (TOP).
MAX_BOUNCE_LINES = 5_000

#: How many timeouts opening a mailbox may take: one each to connect, sign in and list folders.
OPENING_STEPS = 3
#: Octets in one line of a mailbox server's reply.
MAX_LINE = 64 * 1024
#: Octets kept of one literal in a response (an IMAP string that is not a message).
MAX_TEXT = 4 * 1024
#: Literals in one IMAP response.
MAX_LITERALS = 64
#: Replies of a mailbox server in one phase: opening, a look, a wait, or the removal.
MAX_REPLIES = 20_000
#: Octets that a mailbox server may send in one phase, including messages that are not kept.
MAX_OCTETS = 1024 * MIB
#: Octets kept of the replies to one command.
MAX_KEPT = 8 * MIB
#: Replies after which other tasks get to run, Ctrl-C included.
REPLIES_A_TURN = 64
#: Capabilities of a mailbox server that are recorded.
MAX_CAPABILITIES = 500

#: Folders of an IMAP account that are watched.
MAX_FOLDERS = 200
#: New messages of one folder that are read in one look: the latest.
MAX_NEW = 6_000
#: New messages whose headers are requested at once.
NEW_AT_ONCE = 300
#: Messages that a POP3 server may list.
MAX_LISTED = 100_000

#: Octets of an API's reply that lists messages or folders, or returns one header.
MAX_API_REPLY = 2 * MIB
#: Messages that an API is asked to list: the latest.
MAX_API_LISTED = 100
#: Seconds before the probe from which an API lists messages: its clock may be behind ours.
API_CLOCK_S = 300

#: Simultaneous connections to the listener; further ones are rejected.
MAX_CONNECTIONS = 20
#: Octets of messages in transfer to the listener at the same time, over all connections.
MAX_IN_FLIGHT = 64 * MIB
#: The largest message that the listener accepts, in octets.
MAX_TAKEN = 32 * MIB
#: Commands of one kind in one connection to the listener.
LISTENER_COMMANDS = 1_000
#: Seconds for which a connection to the listener may be idle.
LISTENER_SILENCE_S = 60
