"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes if the phone is lost.

The role « manage » must have one, because it reveals and exports customers' data; the others may.
"""

from datetime import datetime
from math import ceil

from django.conf import settings
from django.contrib.auth.models import User
from django_otp import devices_for_user, verify_token
from django_otp.models import Device
from django_otp.plugins.otp_totp.models import TOTPDevice

from console.models import RecoveryDevice
from console.roles import has_role
from shop import clock

WRONG = "Ce code n’est pas le bon. Attendez le suivant et réessayez."
# Seconds. A shorter wait is not mentioned, because it ends before the user has typed the next code.
SHORT_WAIT = 5


class Refused(ValueError):
    """The code is wrong, was used before, or comes too soon after wrong ones. The message is a French sentence."""


def required_of(user: User) -> bool:
    return settings.CONSOLE_SECOND_FACTOR == "required" and has_role(user, "manage")


def verify(user: User, code: str) -> Device:
    """Accept the code, once, and return its device. Raises Refused.

    The code's format selects the device: trying both would throttle both after a wrong code.
    """
    of_app = code.isdecimal()
    device = (TOTPDevice if of_app else RecoveryDevice).objects.filter(user=user, confirmed=True).first()
    return verify_with(device, code)


def verify_with(device: Device | None, code: str) -> Device:
    """`verify` for this device, under its row's lock. Raises Refused."""
    if device is None:
        raise Refused(WRONG)
    if verified := verify_token(device.user, device.persistent_id, code):
        return verified
    device.refresh_from_db()
    _, why = device.verify_is_allowed()
    raise Refused(_wait(why["locked_until"]) if why else WRONG)


def confirm(device: TOTPDevice, code: str) -> list[str]:
    """Make the device the user's only one; return new recovery codes. Raises Refused."""
    verified = verify_with(device, code)
    TOTPDevice.objects.filter(user=device.user).exclude(pk=device.pk).delete()
    verified.confirmed = True
    verified.save()
    return renewed_codes(device.user)


def renewed_codes(user: User) -> list[str]:
    """New recovery codes, in place of the earlier ones."""
    device, _ = RecoveryDevice.objects.get_or_create(user=user, defaults={"name": "console"})
    return list(device.renew())


def codes_left(user: User) -> int:
    device = RecoveryDevice.objects.filter(user=user).first()
    return len(device.digests) if device else 0


def remove(user: User) -> bool:
    """Remove the user's devices; return whether there was one."""
    found = list(devices_for_user(user, confirmed=None))
    for device in found:
        device.delete()
    return bool(found)


def _wait(until: datetime) -> str:
    seconds = ceil((until - clock.now()).total_seconds())
    if seconds <= SHORT_WAIT:
        return WRONG
    wait = f"{seconds}\u00a0secondes" if seconds < 90 else f"{ceil(seconds / 60)}\u00a0minutes"
    return f"Trop de codes faux\u00a0: réessayez dans {wait}."
