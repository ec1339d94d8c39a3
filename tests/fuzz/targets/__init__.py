"""What is fuzzed: a module each, with ``case(data)``, which takes some bytes and lets only our own errors out, and
``seeds()``, good input to begin with. ``WORDS`` is what its input is made of, ``ALLOWED`` errors that its callers
take, ``INCLUDE`` other packages whose coverage counts, ``LONGEST`` bytes of a case."""
