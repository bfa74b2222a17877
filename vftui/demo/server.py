"""The demo agent's HTTP server: Starlette under uvicorn, on loopback, inside this event loop.

Three rules:

1. It lives as long as `demo_agent` is entered and leaves at once, whatever is still streaming.
2. The port is open before the URL is known: nobody has to wait or try again.
3. It starts no task, installs no signal handler and logs nothing: it may run inside a full-screen
   program.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import uvicorn

from vftui.demo.ids import Ids
from vftui.demo.port import Port
from vftui.demo.routes import Agent
from vftui.demo.stream import Player


@contextlib.asynccontextmanager
async def demo_agent(
    port: int = 0,
    *,
    pace: float = 1.0,
    clock: Callable[[], float] = time.time,
    seed: int | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncIterator[str]:
    """Serve the demo agent on 127.0.0.1 and yield its base URL.

    `port` 0 takes a free one. `pace` multiplies every wait: 0 answers at once. `clock`, `seed` and
    `sleep` make times, ids and waits reproducible.
    """
    agent = Agent(Player(pace, sleep, clock), clock, Ids(seed))
    config = uvicorn.Config(
        agent.app(),
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level=logging.CRITICAL + 1,
        access_log=False,
        server_header=False,
    )
    config.load()
    server = uvicorn.Server(config)
    # What `Server.serve` does, without signal handlers and a loop that wakes every 100 ms.
    server.lifespan = config.lifespan_class(config)
    agent.port = Port(server, port)
    await agent.port.open()
    try:
        yield f"http://127.0.0.1:{agent.port.number}"
    finally:
        agent.port.leave()
        await _settle(server)


async def _settle(server: uvicorn.Server) -> None:
    """What `Server.shutdown` does, for clients that are not waited for."""
    tasks = list(server.server_state.tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0)  # the aborted transports close their sockets now
