"""Who may ask: programs of this machine, and web pages only where they were allowed.

A page in the person's browser can send requests to loopback, under its own origin or, with a name
that its server points here (DNS rebinding), under the server's. Both are refused.
"""

import ipaddress
import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class Guard:
    """Judges the headers of requests to one address."""

    def __init__(self, host: str, origins: Sequence[str] = ()) -> None:
        self.is_local = is_loopback(host)
        self.origins = frozenset(origin.rstrip("/").lower() for origin in origins)
        """Web pages that may ask."""
        self._names = LOCAL_NAMES | {host.lower()}
        if not self.is_local:
            self._names |= {socket.gethostname().lower()}

    def problem(self, host: str, origin: str | None) -> str | None:
        """Why a request with these headers is refused; None where it is not."""
        name = _name(f"//{host}")
        # An address as the name cannot be a rebound name; a server of this machine needs neither.
        if name not in self._names and (self.is_local or not _is_address(name)):
            way = "localhost" if self.is_local else "its IP address"
            return f"host {host!r} is not this server's name; ask by {way}"
        if origin is not None and origin.lower() not in self.origins:
            return f"web pages of {origin!r} may not ask; `--allow-origin` allows it"
        return None


def is_loopback(host: str) -> bool:
    """Whether a server bound to `host` can be reached from this machine alone."""
    return host in LOCAL_NAMES or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _name(address: str) -> str:
    """The host name in an address; empty where it is none."""
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""
