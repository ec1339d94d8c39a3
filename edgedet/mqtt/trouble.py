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
        alert = (error.reason or "").rpartition("ALERT_")[2]
        if alert in _CERTIFICATE:
            return hung_up(broker, alert)
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


_CERTIFICATE = {
    "CERTIFICATE_REVOKED": "was revoked; get another: edgedet fleet renew, then roll it out",
    "CERTIFICATE_EXPIRED": "has expired, or that machine's clock is wrong; renew it: edgedet fleet renew",
    "UNKNOWN_CA": "is of an authority it doesn't know; set mqtt.cert_file to one of the fleet's",
    "BAD_CERTIFICATE": "can't be used; set mqtt.cert_file to one of the fleet's",
    "CERTIFICATE_UNKNOWN": "isn't accepted; set mqtt.cert_file to one of the fleet's",
    "CERTIFICATE_REQUIRED": "is missing; set mqtt.cert_file and mqtt.key_file",
}
"""What a broker has against our certificate, by its TLS alert (RFC 8446, 6.2)."""


_OURS = "refuses us: our certificate"


def is_about_certificate(trouble: str) -> bool:
    """Whether the broker said what it has against our certificate."""
    return _OURS in trouble


def hung_up(broker: Broker, alert: str = "") -> str:
    """It ends the connection before it says anything, or after a TLS alert."""
    if alert in _CERTIFICATE:
        return f"mqtt: {broker} {_OURS} {_CERTIFICATE[alert]}"
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


_PLACE = "which takes our place"


def is_taken_over(trouble: str) -> bool:
    """Whether it is what :func:`taken_over` says."""
    return _PLACE in trouble


def taken_over(broker: Broker, client_id: str) -> str:
    """Another client came with our name, which ends our connection; two of one name would do so for ever."""
    return (
        f"mqtt: {broker} seems to have another client called {client_id}, {_PLACE} again and again; "
        "are there two cameras with one name? give each its own mqtt.client_id"
    )


def nonsense(broker: Broker) -> str:
    """What comes isn't MQTT."""
    return f"mqtt: what {broker} sends isn't MQTT; check mqtt.host, port and tls"
