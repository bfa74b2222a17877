"""`vftui agent`: the demo agent as a server, for clients of one's own."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress

import click

from vftui.commands.speech import put, say
from vftui.demo.server import demo_agent

_HINT = """\
vftui: the demo agent listens until ctrl+c; any well-formed key will do. To talk to it:
  export VF_API_KEY=VF.DM.0123456789abcdef01234567.demo
  curl -sSN '{url}/v2/project/demo/user/me/interact/stream?completion_events=true' \\
    -H "authorization: $VF_API_KEY" -H 'content-type: application/json' \\
    -d '{{"action":{{"type":"launch"}}}}'"""


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0: any free one.")
@click.option(
    "--pace", type=click.FloatRange(0), default=1.0, metavar="X",
    help="Multiplies every wait; 0 answers at once.",
)  # fmt: skip
def agent(port: int, pace: float) -> None:
    """Serve the demo agent on this machine, for other clients.

    The first line on stdout is its URL. It speaks v4, v2 and v2beta1, and runs until ctrl+c.

    \b
    Example:
      vftui agent --port 8765 &
      vftui --base-url http://127.0.0.1:8765
    """
    asyncio.run(_serve(port, pace))


async def _serve(port: int, pace: float) -> None:
    stopped = asyncio.Event()
    with suppress(NotImplementedError):  # Windows has no such handlers
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    async with demo_agent(port, pace=pace) as url:
        put(f"{url}\n")
        say(_HINT.format(url=url))
        await stopped.wait()
