"""Customers' IP addresses: which ones count as one customer, and the keyed hash that is stored instead."""

import hashlib
import hmac
from ipaddress import AddressValueError, IPv4Address, IPv6Address, IPv6Network

from django.conf import settings

from chat.models import LIFETIME, Conversation
from shop import clock

# A household or a server is assigned a whole /64, and may use a different address of it for each request (RFC 6177).
CUSTOMER_PREFIX = 64
# The prefix before the customer's IPv4 address in an address translated by NAT64 (RFC 6052).
TRANSLATED = IPv6Network("64:ff9b::/96")


def network(address: str) -> str:
    """What counts as one customer: an IPv4 address, in whatever form it is written, or the /64 of an IPv6 address."""
    try:
        ip = IPv6Address(address)
    except AddressValueError:
        return address
    embedded = _ipv4_in(ip)
    return str(embedded or IPv6Network((int(ip), CUSTOMER_PREFIX), strict=False))


def fingerprint(address: str) -> str:
    """A keyed hash of the customer's network: it distinguishes networks without revealing them.

    While a former SECRET_KEY is still accepted, a network with open conversations keeps the hash stored with them.
    Otherwise, a new key would reset its rate limits.
    """
    hashes = [_hash(secret, network(address)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    if len(hashes) == 1:
        return hashes[0]
    recent = Conversation.objects.filter(address__in=hashes, opened_at__gt=clock.now() - LIFETIME)
    return recent.order_by("-opened_at").values_list("address", flat=True).first() or hashes[0]


def _hash(secret: str, network: str) -> str:
    return hmac.new(secret.encode(), network.encode(), hashlib.sha256).hexdigest()[:32]


def _ipv4_in(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address inside: mapped, translated (NAT64), or tunnelled (6to4, Teredo)."""
    if ip in TRANSLATED:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
