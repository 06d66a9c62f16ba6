"""Networks in CIDR notation, as a setting names them."""

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.core.exceptions import ImproperlyConfigured

Network = IPv4Network | IPv6Network


def networks(listed: str) -> list[Network]:
    """« 10.0.0.0/8,2001:db8::/32 », or single addresses.

    Raises ImproperlyConfigured for an invalid one: if it were ignored, the console could be open to every network.
    """
    try:
        return [ip_network(one.strip()) for one in listed.split(",") if one.strip()]
    except ValueError as fault:
        raise ImproperlyConfigured(f"CONSOLE_NETWORKS: {fault}") from fault


def within(address: str, allowed: list[Network]) -> bool:
    """Whether the address is in one of the networks. An IPv4 address may be written as IPv6 (::ffff:10.0.0.1)."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        ip = ip.ipv4_mapped or ip
    return any(ip in network for network in allowed)
