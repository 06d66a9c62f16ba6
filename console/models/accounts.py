"""Recovery codes of the second factor."""

import hashlib
import secrets
from base64 import b32encode

from django.conf import settings
from django.db import models
from django_otp.models import Device, ThrottlingMixin


class RecoveryDevice(ThrottlingMixin, Device):  # type: ignore[misc]
    """Codes for an agent without their phone. Each works once, and only its salted hash is stored."""

    COUNT = 10
    LENGTH = 10  # letters of base32: 50 bits
    HASH_COST = 2**14

    salt = models.CharField(max_length=32)
    digests = models.JSONField(default=list)

    def renew(self) -> list[str]:
        """Replace the codes by new ones and return them; only their hashes are stored."""
        letters = [b32encode(secrets.token_bytes(7)).decode().lower()[: self.LENGTH] for _ in range(self.COUNT)]
        self.salt = secrets.token_hex(16)
        self.digests = [self._digest(code) for code in letters]
        self.throttle_reset(commit=False)
        self.save()
        return [f"{code[:5]}-{code[5:]}" for code in letters]

    def verify_token(self, token: str) -> bool:
        """Accept the code, once. django-otp calls this with the row locked."""
        if not self.verify_is_allowed()[0]:
            return False
        digest = self._digest(token.lower().replace("-", ""))
        if digest not in self.digests:
            self.throttle_increment()
            return False
        self.digests.remove(digest)
        self.throttle_reset()
        return True

    def get_throttle_factor(self) -> float:
        return float(getattr(settings, "OTP_TOTP_THROTTLE_FACTOR", 1))

    def _digest(self, code: str) -> str:
        """A deliberately slow hash, because someone who has read the table could try all codes of 50 bits."""
        return hashlib.scrypt(code.encode(), salt=self.salt.encode(), n=self.HASH_COST, r=8, p=1).hex()
