"""What went wrong on the network, said to a person: an ending, a sentence, advice.

Python, the TLS library and httpx each have their own words, nested in each other; here they become
ours. Nothing is said that depends on the text of a message where a type tells as much.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from typing import NamedTuple

import httpx

from vftui.session.log import Ending


class Failure(NamedTuple):
    """How a turn ended badly."""

    ending: Ending
    message: str
    advice: str = ""


_BASE_URL = "the base URL (--base-url, VF_RUNTIME_URL)"
_MAY_HAVE_RUN = "The action may have run: send it again only if it may run twice"
_NOTHING_RAN = f"Nothing has run: check the network and {_BASE_URL}, then try again"
_LOOK = f"Check the network and {_BASE_URL}: `vftui doctor` tries them."


def is_refused_connection(error: BaseException) -> bool:
    """Whether nothing listened at the other end, so that certainly nothing was sent."""
    return any(isinstance(cause, ConnectionRefusedError) for cause in _causes(error))


def before_answer(
    error: Exception, host: str, idle: float, connect: float, *, acting: bool = True
) -> Failure:
    """What an error means that came before the response's head.

    `acting` is whether an action was on its way, which may have run.
    """
    again = _MAY_HAVE_RUN if acting else _NOTHING_RAN
    match error:
        case httpx.ConnectTimeout():
            message = f"{host} took no connection within {connect:g} s."
            return Failure("unreachable", message, _LOOK)
        case httpx.TimeoutException() | TimeoutError():
            message = f"{host} did not begin to answer within {idle:g} s."
            patience = ", with a longer --timeout" if acting else ""
            return Failure("stalled", message, f"{again}{patience}.")
        case httpx.ProxyError():
            message = f"The proxy did not connect to {host}."
            return Failure("unreachable", message, "Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY.")
        case httpx.ConnectError():
            return _unreachable(error, host)
        case httpx.RemoteProtocolError() if "disconnected" not in str(error):
            return Failure("protocol", f"{host} does not speak HTTP: {error}.")
        case httpx.NetworkError() | httpx.RemoteProtocolError():
            message = f"{host} closed the connection without an answer."
            return Failure("unreachable", message, f"{again}.")
        case httpx.InvalidURL() | httpx.UnsupportedProtocol():
            return Failure("unreachable", "The base URL cannot be used.", f"Check {_BASE_URL}.")
    message = f"The request failed: {type(error).__name__}."
    return Failure("unreachable", message, f"{again}.")


def amid_answer(error: Exception, idle: float) -> Failure:
    """What an error means that came while the body was read."""
    match error:
        case httpx.TimeoutException():
            return Failure("stalled", f"Nothing arrived for {idle:g} s.")
        case httpx.DecodingError():
            return Failure("protocol", "The body is not compressed the way its header says.")
        case httpx.NetworkError() | httpx.RemoteProtocolError():
            return Failure("truncated", "The connection was lost before the end event.")
    return Failure("truncated", f"Reading the answer failed: {type(error).__name__}.")


def _unreachable(error: Exception, host: str) -> Failure:
    for cause in _causes(error):
        match cause:
            case ssl.SSLCertVerificationError():
                reason = getattr(cause, "verify_message", "") or "it cannot be verified"
                message = f"The certificate of {host} is not trusted: {reason}."
                hint = f"Check {_BASE_URL} and the clock; SSL_CERT_FILE names a private authority."
                return Failure("unreachable", message, hint)
            case ssl.SSLError():
                reason = (
                    (getattr(cause, "reason", "") or "handshake failed").lower().replace("_", " ")
                )
                message = f"TLS with {host} failed: {reason}."
                hint = f"Check whether {_BASE_URL} should begin with http or https."
                return Failure("unreachable", message, hint)
            case socket.gaierror():
                message = f"The name {host} was not found."
                hint = f"Check {_BASE_URL} and the network's DNS."
                return Failure("unreachable", message, hint)
            case ConnectionRefusedError():
                message = f"{host} refused the connection: nothing listens there."
                return Failure("unreachable", message, f"Check {_BASE_URL} and its port.")
    reason = next((text for cause in _causes(error) if (text := _system_text(cause))), "no route")
    return Failure("unreachable", f"{host} cannot be reached: {reason}.", _LOOK)


def _system_text(error: BaseException) -> str:
    return (error.strerror or "") if isinstance(error, OSError) else ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error, what caused it, and so on; members of groups included."""
    seen: set[int] = set()
    pending = [error]
    while pending:
        current = pending.pop(0)
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            pending.extend(current.exceptions)
        pending.extend((current.__cause__, current.__context__))
