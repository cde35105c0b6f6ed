"""The only importers of pyspf, dkimpy and checkdmarc. Each is fed by a Resolver and opens no socket."""
