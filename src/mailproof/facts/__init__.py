"""Collectors: all the input and output of an audit, one module per protocol, returning typed facts."""
