"""What can be wrong with a broker, each in one line with its remedy."""

from __future__ import annotations

import socket
import ssl

from edgedet.mqtt.broker import Broker

_OUT_OF_DATE = (9, 10)
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED (OpenSSL, x509_vfy.h)."""


def unreachable(broker: Broker, error: OSError) -> str:
    """The connection can't be made."""
    if isinstance(error, ssl.SSLCertVerificationError):
        what = f"mqtt: {broker} shows a certificate that can't be trusted: {error.verify_message.rstrip('.')}"
        if error.verify_code in _OUT_OF_DATE:
            return f"{what}; renew it, or set this machine's clock right"
        return f"{what}; set mqtt.ca_file to its authority, and mqtt.host to the name in it"
    if isinstance(error, ssl.SSLError):
        reason = (error.reason or str(error)).replace("_", " ").lower()
        return f"mqtt: no encrypted connection to {broker}: {reason}; check mqtt.tls, port and cert_file"
    if isinstance(error, socket.gaierror):
        return f"mqtt: {broker}: there is no such name; check mqtt.host"
    if isinstance(error, ConnectionRefusedError):
        return f"mqtt: {broker}: nobody listens there; start the broker, or check mqtt.host and port"
    if isinstance(error, ConnectionResetError):
        return hung_up(broker)
    if isinstance(error, TimeoutError):
        return silent(broker)
    return f"mqtt: {broker} can't be reached: {error.strerror or error}; check the network and mqtt.host"


def silent(broker: Broker) -> str:
    """It doesn't answer."""
    return f"mqtt: {broker} doesn't answer; check the network, and mqtt.host, port and tls"


def hung_up(broker: Broker) -> str:
    """It ends the connection before it says anything."""
    return (
        f"mqtt: {broker} hangs up at once; is it a broker? check mqtt.port, mqtt.tls, mqtt.cert_file and mqtt.version"
    )


def refused(broker: Broker, client_id: str, reason: str) -> str:
    """It says no."""
    what = reason[:1].lower() + reason[1:]
    return f"mqtt: {broker} refuses us as {client_id}: {what}; check mqtt.user, its password, client_id and version"


def broken(broker: Broker, reason: str) -> str:
    """The connection was there, and is gone."""
    why = f": {reason[:1].lower()}{reason[1:]}" if reason else ""
    return f"mqtt: connection to {broker} lost{why}; connecting again"


def nonsense(broker: Broker) -> str:
    """What comes isn't MQTT."""
    return f"mqtt: what {broker} sends isn't MQTT; check mqtt.host, port and tls"
