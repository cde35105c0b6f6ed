"""``./run matrix``: the fast tests and the demo on every Python that is supported. See ``__main__``."""
