"""Pictures: what is fetched, and all that is refused because the agent chose the address."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.runtimes import OPENSSL, Runtime, self_signed
from vftui import fetching
from vftui.errors import VftuiError
from vftui.fetching import LONGEST, fetch, fetcher

Reply = Callable[[str], bytes]
"""From the head of a request to the bytes that answer it."""


@asynccontextmanager
async def serving(reply: Reply, heads: list[str] | None = None) -> AsyncIterator[int]:
    """A server on loopback that answers each connection once; its port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if heads is not None:
            heads.append(head)
        writer.write(reply(head))
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def http(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def refusal(url: str, *, private: bool = True) -> str:
    with pytest.raises(VftuiError) as caught:
        await fetch(url, private=private)
    return caught.value.message


async def test_the_bytes_come_and_no_credential_goes() -> None:
    heads: list[str] = []
    async with serving(lambda _: http(b"picture", Set_Cookie="a=b"), heads) as port:
        wanted = fetcher(f"http://127.0.0.1:{port}")
        assert await wanted(f"http://127.0.0.1:{port}/a.png?b=c") == b"picture"
        assert await wanted(f"http://localhost:{port}/a.png") == b"picture"
    assert heads[0].startswith("GET /a.png?b=c HTTP/1.1") and f"localhost:{port}" in heads[1]
    assert not [head for head in heads if "ookie" in head or "uthorization" in head]


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://2130706433/",
        "http://0.0.0.0/", "http://10.0.0.1/", "http://192.168.1.1/", "http://169.254.169.254/",
        "http://[::ffff:127.0.0.1]/", "http://[fe80::1]/", "http://224.0.0.1/", "https://172.16.0.1",
        "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://[fec0::1]/", "http://[::7f00:1]",
    ],
)  # fmt: skip
async def test_an_agent_elsewhere_reaches_nothing_near(address: str) -> None:
    with pytest.raises(VftuiError) as caught:
        await fetcher("https://general-runtime.voiceflow.com")(address)
    assert "private network" in caught.value.message


async def test_one_near_address_among_several_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    async def looked_up(self: object, host: str, port: int, **_: Any) -> list[Any]:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in ("93.184.215.14", "127.0.0.1")
        ]

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", looked_up)
    assert "private network" in await refusal("http://pictures.example.com/a.png", private=False)


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("file:///etc/passwd", "http or https"), ("ftp://127.0.0.1/a", "http or https"),
        ("data:image/png;base64,AA", "http or https"), ("http:///a", "http or https"),
        ("", "http or https"), ("a.png", "http or https"),
        ("http://me:secret@127.0.0.1/", "user name"), ("http://me@127.0.0.1/", "user name"),
        ("http://[::1", "InvalidURL"), ("http://127.0.0.1:99999/", ""), ("http://a\0b/", ""),
        ("http://127.0.0.1:1/", "ConnectError"),
    ],
)  # fmt: skip
async def test_odd_addresses_are_refused_in_a_sentence(address: str, word: str) -> None:
    said = await refusal(address)
    assert word in said and "secret" not in said


async def test_redirects_are_checked_like_the_first_address() -> None:
    async with serving(lambda _: http(b"picture")) as there:
        target = f"http://127.0.0.1:{there}/b.png"
        async with serving(lambda _: http(b"", "302 Found", Location=target)) as port:
            assert await fetch(f"http://127.0.0.1:{port}/a.png", private=True) == b"picture"


@pytest.mark.parametrize(
    ("target", "word"),
    [
        ("https://127.0.0.1/", "another scheme"), ("file:///etc/passwd", "http or https"),
        ("http://a:b@127.0.0.1/", "user name"), ("/again", "without an end"),
    ],
)  # fmt: skip
async def test_redirects_that_are_not_followed(target: str, word: str) -> None:
    async with serving(lambda _: http(b"", "307 Temporary Redirect", Location=target)) as port:
        assert word in await refusal(f"http://127.0.0.1:{port}/a.png")


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (http(b"no", "404 Not Found"), "404"),
        (http(b"x" * (LONGEST + 1)), "5 MiB"),
        (http(b"x", Content_Encoding="gzip"), "compressed"),
        (b"nothing of HTTP\r\n\r\n", "RemoteProtocolError"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "RemoteProtocolError"),
    ],
    ids=["missing", "large", "compressed", "not HTTP", "cut off"],
)
async def test_answers_that_are_no_picture(answer: bytes, word: str) -> None:
    async with serving(lambda _: answer) as port:
        assert word in await refusal(f"http://127.0.0.1:{port}/a.png")


@pytest.mark.skipif(not OPENSSL, reason="nothing here makes certificates")
async def test_the_certificate_is_held_against_the_name_and_not_the_checked_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with Runtime(turn=http(b"picture")).serve(certificate) as url:
        assert await fetch(f"{url}/a.png", private=True) == b"picture"
        said = await refusal(f"{url}/a.png".replace("localhost", "127.0.0.1"))
        assert "ConnectError" in said


async def test_a_body_of_the_longest_size_is_whole() -> None:
    async with serving(lambda _: http(b"x" * LONGEST)) as port:
        assert len(await fetch(f"http://127.0.0.1:{port}/", private=True)) == LONGEST


async def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "PATIENCE", 0.05)
    begun = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
    stays: list[asyncio.StreamWriter] = []

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        stays.append(writer)
        writer.write(begun)

    async with await asyncio.start_server(drip, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        said = await refusal(f"http://127.0.0.1:{port}/")
        assert "longer than" in said or "ReadTimeout" in said
        for writer in stays:
            writer.close()


async def test_no_proxy_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    async with serving(lambda _: http(b"no"), asked) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy}")
        async with serving(lambda _: http(b"picture")) as port:
            assert await fetch(f"http://127.0.0.1:{port}/a.png", private=True) == b"picture"
    assert asked == []
