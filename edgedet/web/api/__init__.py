"""The interface: a module for each kind of thing, with a ``router``."""
