"""The peers' loops: each a program of its own, as its documentation has it written, that prints a JSON line a frame."""
