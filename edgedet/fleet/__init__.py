"""A fleet's own authority: each camera has a key and a certificate with its name, by which the broker knows it.

Needs ``cryptography``, of the extra ``edgedet[web]``, on the machine of whoever runs the fleet.

::

    names       what a camera may be called
    folder      where everything is, on the operator's machine
    register    what was issued to whom, and what of it was revoked
    authority   its key; certificates and the list of revoked ones
    standing    whether a camera's certificate can be used, and what mends it
"""
