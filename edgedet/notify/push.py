"""Push messages, mails and chats, by apprise (https://appriseit.com)."""

from __future__ import annotations

import logging
import re

from edgedet.errors import ConfigError, ExtraMissing
from edgedet.notify.hiding import hide_address, scrub
from edgedet.notify.message import Message
from edgedet.notify.target import NotSent, name_of

try:
    from apprise import Apprise, AppriseAsset, AppriseAttachment, NotifyFormat
    from apprise.attachment.memory import AttachMemory
except ImportError:
    raise ExtraMissing("notify: apprise isn't installed; install edgedet[notify]") from None

_SERVICES = "see https://appriseit.com/services for how it is written"
_ADDRESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9+.-]{0,31}://")
"""How one begins; apprise also finds one in the midst of other things, which would be shown as its kind."""
_LOGGER = logging.getLogger("apprise")
_LOGGER.propagate = False  # what it says stands in our own lines, without secrets...
_LOGGER.setLevel(logging.WARNING)  # ...which what it says for debugging is full of


class Push:
    """One address of the many kinds that apprise knows.

    A call takes as long as the service does: apprise waits 4 s each for the connection and for an answer, unless the
    address says otherwise (``?cto=10&rto=30``).

    Args:
        address: such as ``ntfy://topic`` or ``mailtos://user:password@example.com``.
        where: the setting it is from, for errors.

    Raises:
        ConfigError: apprise can't use it.
    """

    def __init__(self, address: str, where: str) -> None:
        self._address = address
        # No deadline of apprise's own: it would leave threads behind that keep the process from ending. A redirect
        # would turn the POST into a GET, and the message would seem to have arrived.
        asset = AppriseAsset(async_mode=False, service_timeout=0, http_redirects=False, app_id="edgedet")
        self._apprise = Apprise(asset=asset)
        said, added = _Said(), False
        _LOGGER.addHandler(said)
        try:
            added = _ADDRESS.match(address) is not None and address.isprintable() and self._apprise.add(address)
        except Exception as error:  # of any kind: each service reads its addresses its own way
            said.last = f"{type(error).__name__}: {error}"
        finally:
            _LOGGER.removeHandler(said)
        if not added or len(self._apprise) != 1:
            reason = scrub(said.last or "not an address it knows", address).rstrip(".")
            raise ConfigError(f"{where}: {hide_address(address)}: apprise can't use it ({reason}); {_SERVICES}")
        self.name = name_of(address.partition("://")[0].lower(), address)

    def send(self, message: Message) -> None:
        """Send it. Raises NotSent."""
        attach = None
        if message.picture is not None:
            attach = AppriseAttachment()
            name = f"{message.key.replace('/', '-')}.jpg"
            picture = AttachMemory(content=message.picture, name=name, mimetype="image/jpeg")  # type: ignore[no-untyped-call]
            attach.add(picture)
        result = self._apprise.notify(
            title=message.title, body=message.body or message.title, attach=attach, body_format=NotifyFormat.TEXT
        )
        if not result:
            said = [entry.message for entry in result.logs()]
            raise NotSent(scrub(said[-1] if said else "apprise gave no reason", self._address).rstrip("."))


class _Said(logging.Handler):
    """Remembers the last thing apprise complained of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.last = record.getMessage()
