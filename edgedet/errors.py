"""Everything edgedet raises on purpose.

::

    EdgedetError
    +-- ConfigError     (ValueError)    a key, flag or variable that can't be used
    +-- SourceError     (OSError)       a camera, stream or file that can't be opened or read
    +-- ModelError      (ValueError)    a model that can't be read, run or understood
    |   +-- HeadError                   outputs that fit no known detection head
    |   +-- LabelsError                 labels that don't match the model
    |   +-- InferenceLost               the process that runs the model is gone; it may come back
    +-- RuntimeMissing  (ImportError)   no interpreter, or a delegate that can't be loaded
    +-- OutputError     (OSError)       a file, folder or port that can't be written or bound
    +-- DataError       (ValueError)    a dataset that can't be read, or doesn't fit what is asked of it
    +-- ExtraMissing    (ImportError)   a package that only an extra installs, such as edgedet[lab]

A message is one line, ``thing: what is wrong; remedy``, with the offending value in it. The command line
prints it as it is and ends with exit code 2.
"""


def printable(text: str) -> str:
    """The text with what a terminal would obey rather than show written out.

    >>> print(printable("labels \\x1b[2J"))
    labels \\x1b[2J
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


class EdgedetError(Exception):
    """The root of them all."""

    def __str__(self) -> str:  # OSError would split its arguments into errno and text
        return printable(" ".join(str(self.args[0]).split())) if self.args else type(self).__name__


class ConfigError(EdgedetError, ValueError):
    """A configuration key, flag or environment variable can't be used."""


class SourceError(EdgedetError, OSError):
    """A camera, stream or file can't be opened or read."""


class ModelError(EdgedetError, ValueError):
    """A model can't be read, run or understood."""


class HeadError(ModelError):
    """A model's outputs fit no detection head that edgedet knows."""


class LabelsError(ModelError):
    """Labels can't be read or don't match the model's classes."""


class InferenceLost(ModelError):
    """The process that runs the model died or hung, and this picture with it; it is being started again."""


class RuntimeMissing(EdgedetError, ImportError):
    """No TFLite interpreter is installed, or a delegate can't be loaded."""


class OutputError(EdgedetError, OSError):
    """A file, folder or port can't be written or bound."""


class DataError(EdgedetError, ValueError):
    """A dataset can't be read, or doesn't fit what is asked of it."""


class ExtraMissing(EdgedetError, ImportError):
    """A package isn't here that an extra, such as ``edgedet[lab]``, installs."""
