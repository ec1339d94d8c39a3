"""What the log says about the way in."""

from __future__ import annotations

import logging

from edgedet.config.web import WebConfig
from edgedet.web.accounts import Accounts
from edgedet.web.sockets import is_loopback

log = logging.getLogger(__name__)


def announce(url: str, config: WebConfig, public: bool, accounts: Accounts) -> None:
    """Tell where the page is and, while there is nobody, how to get in the first time.

    Args:
        url: the page's address.
        config: ``[web]``.
        public: whether it listens where ``web.host`` says; else only on the loopback.
        accounts: while there is no user a set-up token is made, and logged.
    """
    if public:
        log.info("web: %s", url)
    else:
        log.warning("web: %s, for this machine alone until there is a user; then open at %s", url, config.host)
    if not len(accounts.users):
        log.warning(
            "web: no user yet; make one with the set-up token %s (good once, for an hour), or with: "
            "edgedet web user add NAME",
            accounts.setup.make(),
        )
    if public:
        warn_if_plain(config)


def opened_up(config: WebConfig) -> None:
    """Tell that there is a user, and that the network may come in now."""
    log.info("web: there is a user now; open to the network at %s", config.host)
    warn_if_plain(config)


def warn_if_plain(config: WebConfig) -> None:
    """Tell if passwords cross the network unencrypted; a trusted proxy is taken to encrypt."""
    if not config.tls and not is_loopback(config.host) and not config.trusted_proxies:
        log.warning("web: passwords and pictures go unencrypted over the network; set web.tls = true")
