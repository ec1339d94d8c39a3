"""The interpreter in a process of its own: what crashes it, hangs it or breaks out of it, gets no further.

====================== ======================================================================
:mod:`.runtime`        the :class:`~edgedet.inference.runtime.Runtime` that the detector sees
:mod:`.keeper`         starts the process, and starts it again when it has died
:mod:`.process`        one such process and the line to it
:mod:`.memory`         the input and the outputs, which both sides share
:mod:`.hello`          what the process says of its model, checked before it is believed
:mod:`.child`          the process itself
:mod:`.sandbox`        what is taken from it, where the model isn't trusted
====================== ======================================================================

Pixels are never sent: the parent writes them into memory that both map, rings with one byte, and reads the outputs
where the child has left them.
"""
