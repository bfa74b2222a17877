"""Servers that go wrong in one way, and a proxy that holds event streams back."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tests.scripted import EVENT_STREAM, answer

SESSION = answer("200 OK", b'{"sessionKey":"eyJhbGciOiJI.eyJzdWIiOiJh.c2lnbmF0dXJl"}')
"""What opens a session."""

GREETING = b'event: trace\nid: 1\ndata: {"type":"text","payload":{"message":"hi"}}\n\n'
END = b"event: end\nid: 2\ndata: {}\n\n"


@dataclass
class Runtime:
    """Answers each kind of request in always the same way; `heads` is what was asked."""

    session: bytes = SESSION
    turn: bytes = EVENT_STREAM + GREETING + END
    heads: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    @asynccontextmanager
    async def serve(self, certificate: Path | None = None) -> AsyncIterator[str]:
        """Its base URL, while it lives; with a certificate (and its key in one file), over TLS."""
        tls = None
        if certificate is not None:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(certificate)
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0, ssl=tls)
        async with server:
            host = "https://localhost" if tls else "http://127.0.0.1"
            yield f"{host}:{server.sockets[0].getsockname()[1]}"

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        length = head.lower().partition("content-length: ")[2].partition("\r")[0]
        self.bodies.append(await reader.readexactly(int(length or 0)))
        if head.startswith("HEAD "):
            writer.write(b"HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n")
        else:
            writer.write(self.session if "/session " in head else self.turn)
        writer.close()


OPENSSL = shutil.which("openssl")
"""What makes certificates, where it is installed."""


def self_signed(folder: Path) -> Path:
    """A certificate for localhost that nobody vouches for, with its key."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    names = "subjectAltName=DNS:localhost"
    subprocess.run(
        [OPENSSL or "", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost",
         "-addext", names, "-days", "2", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    certificate.write_text(certificate.read_text() + key.read_text())
    return certificate


@asynccontextmanager
async def buffering(url: str) -> AsyncIterator[str]:
    """The URL of a proxy before the one at `url`; it passes an event stream on when it is over."""
    there = urlsplit(url)
    relays: list[asyncio.Task[None]] = []

    async def up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
        await _closed(writer)

    async def down(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        waiting = b""
        while data := await reader.read(65_536):
            waiting += data
            if b"text/event-stream" not in waiting or waiting.endswith(b"0\r\n\r\n"):
                writer.write(waiting)
                waiting = b""
        await _closed(writer)

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, ours = await asyncio.open_connection(there.hostname, there.port)
        async with asyncio.TaskGroup() as group:
            relays.append(group.create_task(up(reader, ours)))
            relays.append(group.create_task(down(theirs, writer)))

    server = await asyncio.start_server(relay, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await asyncio.wait(relays)  # the client has left, so they end


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
