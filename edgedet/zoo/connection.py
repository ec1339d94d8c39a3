"""An HTTP request, with every way it can fail sorted into two: worth another try, or not."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import (
    HTTPError,
    LocationValueError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    ResponseError,
    SSLError,
    TimeoutError,
)

_REDIRECTS = 5
_LONGEST_WAIT = 60.0
_TRANSIENT = {408, 425, 429, 500, 502, 503, 504}


class Gone(Exception):
    """The server answered, and trying again won't help."""


class Broken(Exception):
    """The connection failed; it may work in a moment.

    Attributes:
        wait: seconds the server asks to wait before the next try.
        offline: whether no connection came about.
    """

    def __init__(self, text: str, wait: float = 0.0, offline: bool = False) -> None:
        super().__init__(text)
        self.wait, self.offline = wait, offline

    @classmethod
    def from_urllib3(cls, error: HTTPError, timeout: float) -> Broken:
        """What urllib3 found, in words for people.

        Raises:
            Gone: it is a matter of trust or of the address, not of the connection.
        """
        cause: BaseException = error
        while isinstance(cause, (MaxRetryError, ProxyError)):
            inner = cause.reason if isinstance(cause, MaxRetryError) else cause.original_error
            if inner is None:
                break
            cause = inner
        if isinstance(cause, SSLError) and isinstance(cause.args[0], ssl.SSLCertVerificationError):
            raise Gone(
                f"its certificate isn't trusted ({cause.args[0].verify_message}); is this machine's clock right?"
            )
        if isinstance(cause, LocationValueError):
            raise Gone("not an address that can be asked")
        if isinstance(cause, ResponseError):
            raise Gone(f"more than {_REDIRECTS} redirects")
        if isinstance(cause, NameResolutionError):
            return cls("its host isn't found; no network, or no DNS", offline=True)
        if isinstance(cause, NewConnectionError):
            reason = cause.__cause__ or cause.__context__
            return cls(f"can't connect ({getattr(reason, 'strerror', None) or 'no answer'})", offline=True)
        if isinstance(cause, TimeoutError):
            return cls(f"nothing came for {timeout:g} s")
        return cls("the connection was dropped")


@contextlib.contextmanager
def open_url(url: str, headers: Mapping[str, str], timeout: float) -> Iterator[urllib3.BaseHTTPResponse]:
    """Ask for a file, through the environment's proxy if it has one, following redirects.

    Args:
        url: http or https.
        headers: of the request.
        timeout: seconds to connect, and between two bytes.

    Yields:
        The answer, its body still to be read: 200, 206 or 416.

    Raises:
        Broken, Gone: it can't be had now, or ever; while the body is read, too.
    """
    retries = urllib3.Retry(total=None, connect=0, read=0, status=0, other=0, redirect=_REDIRECTS)
    with _pool(url) as pool:
        try:
            response = pool.request(
                "GET",
                url,
                headers=headers,
                preload_content=False,
                decode_content=False,
                retries=retries,
                timeout=urllib3.Timeout(timeout),
            )
            with contextlib.closing(response):
                _check(url, response)
                yield response
        except HTTPError as error:
            raise Broken.from_urllib3(error, timeout) from None


def _pool(url: str) -> urllib3.PoolManager:
    parts = urlsplit(url)
    proxy = None if proxy_bypass(parts.netloc) else getproxies().get(parts.scheme)
    if not proxy:
        return urllib3.PoolManager()
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    login = urllib3.util.parse_url(proxy).auth
    return urllib3.ProxyManager(proxy, proxy_headers=urllib3.make_headers(proxy_basic_auth=login) if login else None)


def _check(url: str, response: urllib3.BaseHTTPResponse) -> None:
    hops = [hop.redirect_location or "" for hop in response.retries.history] if response.retries else []
    if url.startswith("https:") and any(hop.startswith("http:") for hop in hops):
        raise Gone("it redirects to an address without encryption; not followed")
    status = response.status
    if status in _TRANSIENT:
        asked = response.headers.get("Retry-After", "")
        raise Broken(f"the server is out of order or busy ({status})", _wait(asked))
    if status in (404, 410):
        raise Gone(f"not there any more ({status}); see the model's page: edgedet models show")
    if status in (401, 403, 407, 451):
        raise Gone(f"refused ({status})")
    if status not in (200, 206, 416):
        raise Gone(f"the server answers {status}")


def _wait(asked: str) -> float:
    return min(float(asked), _LONGEST_WAIT) if asked.isdigit() else 0.0
