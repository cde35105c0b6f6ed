"""A whole mail world on loopback: DNS, submission, receiving, mailbox. No privilege, no network."""
