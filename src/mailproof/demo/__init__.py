"""A complete mail system on loopback: DNS, submission, receiving, mailbox. Needs no privileges or network."""
