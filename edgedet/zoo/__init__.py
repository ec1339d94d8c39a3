"""The model registry: which detectors there are, fetched so that what runs is what was meant.

::

    registry    what is known of each model: the bundled cards, ``registry.toml``, a user's own file
    name        what is a model's name, and what is a path
    folder      where pulled models live, and a model's file by its name
    digest      SHA-256 and git blob ids
    catalogue   every model there is, here or not
    connection  an HTTP request and how it can fail
    part        a download that isn't whole yet
    transfer    one file over HTTP, resumed where it stopped
    pull        registry entry -> verified model and card, or nothing
    verify      a model's hash, and that it opens and runs
    sample      a picture, and what is to be found in it
    selftest    whether a model finds on this device what it should
    text        a card as people read it
"""
