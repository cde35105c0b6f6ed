"""Collectors: all the input and output of an audit, one file a protocol, typed facts out."""
