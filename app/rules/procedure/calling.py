"""Which network addresses the service may call on somebody else's word: public ones, and nothing behind them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# Public by number, and yet the inside of somebody's cloud.
_INSIDE = frozenset({ip_address("168.63.129.16")})
_NEVER = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments; a cloud's metadata answers on one of them
    IPv4Network("192.88.99.0/24"),  # 6to4 relays
    IPv6Network("fec0::/10"),  # site-local, before fc00::/7
    IPv6Network("::/8"),  # IPv4 in other clothes: mapped, compatible, translated
)


def is_public(address: str) -> bool:
    """Whether an address, as text, is one of the open internet. What is no address is not."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.sixtofour is not None:
        return _is_open(found) and _is_open(found.sixtofour)
    return _is_open(found)


def _is_open(address: IPv4Address | IPv6Address) -> bool:
    if not address.is_global or address.is_multicast or address.is_reserved or address in _INSIDE:
        return False
    return not any(address in network for network in _NEVER if network.version == address.version)
