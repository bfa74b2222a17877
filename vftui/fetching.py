"""Pictures of the conversation, fetched. Their addresses are the agent's words: little is trusted.

Five rules:

1. http and https only; a redirect may not change which of the two it is.
2. No credential travels: none from the address, no cookie, and no proxy is asked.
3. Addresses of this machine and of private networks are refused, unless the agent itself is on this
   machine. A name is looked up once, and what was checked is what is connected to.
4. At most `LONGEST` bytes, in at most `PATIENCE` seconds.
5. Every failure is a `VftuiError`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from vftui.errors import VftuiError
from vftui.wire.dialects import is_loopback

LONGEST = 5 * 1024 * 1024
"""Bytes that a picture may have."""

PATIENCE = 10.0
"""Seconds that a picture may take, redirects included."""

_MOST_REDIRECTS = 3
_PORTS = {"http": 80, "https": 443}
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")
_NO_PROXY = dict.fromkeys(("all://", "http://", "https://"))


def fetcher(base_url: str) -> Callable[[str], Awaitable[bytes]]:
    """What fetches pictures for the agent at that address."""
    return partial(fetch, private=is_loopback(base_url))


async def fetch(url: str, *, private: bool = False) -> bytes:
    """The bytes behind an address; `private` allows this machine and private networks."""
    try:
        async with (
            asyncio.timeout(PATIENCE),
            httpx.AsyncClient(mounts=_NO_PROXY, timeout=PATIENCE) as client,
        ):
            return await _follow(client, url, private)
    except VftuiError:
        raise
    except TimeoutError:
        raise VftuiError(f"The picture took longer than {PATIENCE:g} s.") from None
    except Exception as error:  # noqa: BLE001  the address may be anything, and so may the answer
        raise VftuiError(f"The picture cannot be fetched: {type(error).__name__}.") from None


async def _follow(client: httpx.AsyncClient, url: str, private: bool) -> bytes:
    target = _checked(httpx.URL(url))
    for _ in range(1 + _MOST_REDIRECTS):
        response = await _answer(client, target, private)
        try:
            if not response.has_redirect_location:
                return await _body(response)
        finally:
            await response.aclose()
        client.cookies.clear()
        following = _checked(target.join(response.headers["location"]))
        if following.scheme != target.scheme:
            raise VftuiError(f"The picture's address leads from {target.scheme} to another scheme.")
        target = following
    raise VftuiError("The picture's address leads from one address to the next without an end.")


def _checked(url: httpx.URL) -> httpx.URL:
    if url.scheme not in _PORTS or not url.host:
        raise VftuiError("The picture's address is not one of http or https.")
    if url.userinfo:
        raise VftuiError("The picture's address holds a user name or a password.")
    return url


async def _answer(client: httpx.AsyncClient, url: httpx.URL, private: bool) -> httpx.Response:
    """The answer from the first address of the name that takes a connection."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(url.host, url.port or _PORTS[url.scheme])
    addresses = [ip_address(address[0]) for *_, address in found]
    if not (private or all(map(_is_public, addresses))):
        raise VftuiError("The picture's address is on this machine or in a private network.")
    *others, last = dict.fromkeys(map(str, addresses))
    for address in others:
        with suppress(httpx.ConnectError):
            return await client.send(_request(client, url, address), stream=True)
    return await client.send(_request(client, url, last), stream=True)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is of the open internet; of one with an IPv4 address inside, whether that is."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64 or address in _COMPATIBLE:
            inner = IPv4Address(int(address) % 2**32)
        if inner is not None:
            return _is_public(inner)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast


def _request(client: httpx.AsyncClient, url: httpx.URL, address: str) -> httpx.Request:
    """A request to the very address that was checked: the name is not looked up again."""
    headers = {"Host": url.netloc.decode(), "Accept": "image/*", "Accept-Encoding": "identity"}
    there = url.copy_with(host=address)
    return client.build_request(
        "GET", there, headers=headers, extensions={"sni_hostname": url.host}
    )


async def _body(response: httpx.Response) -> bytes:
    if not response.is_success:
        raise VftuiError(f"The picture cannot be fetched: {response.status_code}.")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise VftuiError("The picture is compressed, which was not asked for.")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > LONGEST:
            raise VftuiError(f"The picture is larger than {LONGEST // 1024**2} MiB.")
    return bytes(body)
