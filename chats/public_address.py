"""Keeps callbacks out of our own network: a URL is only called at an address that is public, and at no other.

A name is resolved by us, every address of the answer is checked, and the connection goes to the very address that was
checked, so that a second DNS answer changes nothing. Redirects are never followed.
"""

import ipaddress
import socket
from urllib.parse import urlsplit

from django.conf import settings

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class ForbiddenAddress(ValueError):
    """The URL may not be called; the message says why. Final."""


class UnknownHost(ForbiddenAddress):
    """The name does not resolve (now)."""


def check_url(url: str) -> IPAddress:
    """The address at which `url` may be called. Raises ForbiddenAddress, UnknownHost.

    All the forms in which an address can hide (decimal, octal, short, IPv6 with an IPv4 inside) are read by the same
    resolver that the connection would use.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ForbiddenAddress("the URL cannot be read") from None
    if parts.scheme not in {"http", "https"}:
        raise ForbiddenAddress("only http and https can be called")
    if parts.username is not None or parts.password is not None:
        raise ForbiddenAddress("a URL with a name or a password in it is not called")
    if not host:
        raise ForbiddenAddress("the URL has no host")
    addresses = _resolve(host, port or (443 if parts.scheme == "https" else 80))
    if not settings.WEBHOOK_ALLOW_PRIVATE:
        for address in addresses:
            if not is_public(address):
                raise ForbiddenAddress("the host leads to an address that is not public")
    return addresses[0]


def is_public(address: IPAddress) -> bool:
    """Is this an address of the public internet, also after unpacking an IPv4 address that is carried inside?"""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _resolve(host: str, port: int) -> list[IPAddress]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UnknownHost("the host is not known") from None
    return [ipaddress.ip_address(sockaddr[0].split("%")[0]) for *_, sockaddr in found]
