"""The messages that should be refused: made, sent straight to the mailbox's server, and looked for."""
