"""The demo agent's port: its connections, and the times when nobody listens.

Two rules:

1. While nobody listens the port stays taken, so that nobody else answers there.
2. Whoever is being answered when it closes is answered to the end.
"""

from __future__ import annotations

import socket
import struct
from typing import Any

import uvicorn
from starlette.requests import Request

from vftui.errors import ConfigurationError


class Port:
    """A port of this machine, and the server that listens there."""

    def __init__(self, server: uvicorn.Server, number: int) -> None:
        """Take the port; 0 is any free one."""
        self._server = server
        self._reserved: socket.socket | None = bound(number)
        self.number: int = self._reserved.getsockname()[1]

    async def open(self) -> None:
        """Listen: whoever connects from now on is served."""
        if self._reserved is not None:
            listener, self._reserved = self._reserved, None
            await self._server.startup(sockets=[listener])

    def close(self) -> None:
        """Let nobody listen, until it is opened again."""
        if self._reserved is None:
            self._stop()
            self._reserved = bound(self.number)
            for connection in list(self._server.server_state.connections):
                connection.shutdown()

    def leave(self) -> None:
        """Give the port up, and every connection with it."""
        if self._reserved is not None:
            self._reserved.close()
        self._stop()
        for connection in list(self._server.server_state.connections):
            connection.transport.abort()

    def hang_up(self, request: Request) -> None:
        """Close the connection of a request."""
        for transport in self._transports(request):
            transport.close()

    def reset(self, request: Request) -> None:
        """Reset the connection of a request."""
        for transport in self._transports(request):
            raw = transport.get_extra_info("socket")
            # Closing a socket that lingers for zero seconds resets its connection.
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()

    def _transports(self, request: Request) -> list[Any]:
        found: list[Any] = list(self._server.server_state.connections)
        return [one.transport for one in found if one.client == request.scope["client"]]

    def _stop(self) -> None:
        for listening in self._server.servers:
            listening.close()


def bound(number: int) -> socket.socket:
    """A socket that has the port and does not listen yet."""
    # The protocol is named because asyncio turns Nagle's delay off only where it reads TCP.
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", number))
    except (OSError, OverflowError) as error:
        taken.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(
            f"The demo agent cannot listen on port {number}: {reason}.",
            "Choose another port, or 0 for any free one.",
        ) from None
    return taken
