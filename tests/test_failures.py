"""Failures: each cause, however deep, becomes its own sentence."""

from __future__ import annotations

import socket
import ssl

import httpx
import pytest

from vftui.failures import amid_answer, before_answer, is_refused_connection


def caused(error: Exception, *causes: BaseException) -> Exception:
    """The error with a chain of causes behind it."""
    current: BaseException = error
    for cause in causes:
        current.__cause__ = cause
        current = cause
    return error


def untrusted() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "self-signed certificate"
    return error


@pytest.mark.parametrize(
    ("error", "ending", "message"),
    [
        (httpx.ConnectTimeout(""), "unreachable", "h:1 took no connection within 10 s."),
        (httpx.ReadTimeout(""), "stalled", "h:1 did not begin to answer within 60 s."),
        (TimeoutError(), "stalled", "h:1 did not begin to answer within 60 s."),
        (httpx.ProxyError("407"), "unreachable", "The proxy did not connect to h:1."),
        (
            caused(httpx.ConnectError(""), OSError(), socket.gaierror(-2, "unknown")),
            "unreachable",
            "The name h:1 was not found.",
        ),
        (
            caused(httpx.ConnectError(""), untrusted()),
            "unreachable",
            "The certificate of h:1 is not trusted: self-signed certificate.",
        ),
        (
            caused(httpx.ConnectError(""), ssl.SSLError(1, "x")),
            "unreachable",
            "TLS with h:1 failed: handshake failed.",
        ),
        (
            caused(httpx.ConnectError(""), OSError(113, "No route to host")),
            "unreachable",
            "h:1 cannot be reached: No route to host.",
        ),
        (httpx.ConnectError(""), "unreachable", "h:1 cannot be reached: no route."),
        (httpx.ReadError(""), "unreachable", "h:1 closed the connection without an answer."),
        (
            httpx.RemoteProtocolError("Server disconnected without sending a response."),
            "unreachable",
            "h:1 closed the connection without an answer.",
        ),
        (
            httpx.RemoteProtocolError("illegal status line"),
            "protocol",
            "h:1 does not speak HTTP: illegal status line.",
        ),
        (httpx.InvalidURL("x"), "unreachable", "The base URL cannot be used."),
        (KeyError("secret"), "unreachable", "The request failed: KeyError."),
    ],
)
def test_before_the_answer(error: Exception, ending: str, message: str) -> None:
    failure = before_answer(error, "h:1", 60, 10)
    assert (failure.ending, failure.message) == (ending, message)
    assert failure.advice.endswith(".") or ending == "protocol"
    assert ". " not in failure.advice  # one sentence


def test_advice_names_the_setting_that_helps() -> None:
    refused = before_answer(caused(httpx.ConnectError(""), ConnectionRefusedError()), "h", 60, 10)
    assert "--base-url, VF_RUNTIME_URL" in refused.advice
    assert "vftui doctor" in before_answer(httpx.ConnectTimeout(""), "h", 60, 10).advice
    silent = before_answer(httpx.ReadTimeout(""), "h", 60, 10).advice
    assert "may have run" in silent and "--timeout" in silent


@pytest.mark.parametrize(
    "error", [httpx.ReadTimeout(""), httpx.ReadError(""), KeyError("x"), httpx.ConnectTimeout("")]
)
def test_before_an_action_is_on_its_way_nothing_may_have_run(error: Exception) -> None:
    advice = before_answer(error, "h", 60, 10, acting=False).advice
    assert "may" not in advice and "--base-url" in advice and ". " not in advice


@pytest.mark.parametrize(
    ("error", "ending"),
    [
        (httpx.ReadTimeout(""), "stalled"),
        (httpx.ReadError(""), "truncated"),
        (httpx.RemoteProtocolError("incomplete chunked read"), "truncated"),
        (httpx.DecodingError(""), "protocol"),
        (httpx.StreamClosed(), "truncated"),
    ],
)
def test_amid_the_answer(error: Exception, ending: str) -> None:
    assert amid_answer(error, 60).ending == ending


def test_a_refused_connection_is_found_in_a_group() -> None:
    group = ExceptionGroup("all failed", [OSError("v6"), ConnectionRefusedError(111, "refused")])
    assert is_refused_connection(caused(httpx.ConnectError(""), OSError(), group))
    assert not is_refused_connection(caused(httpx.ConnectError(""), socket.gaierror()))


def test_causes_that_go_in_a_circle_end() -> None:
    one, two = httpx.ConnectError(""), OSError()
    one.__cause__, two.__cause__ = two, one
    assert not is_refused_connection(one)
