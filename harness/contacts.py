"""The shop's phone number as the widget shows it, and with ordinary spaces as people type it."""

from shop import contacts
from shop.unicode import NO_BREAK

TYPED_PHONE = contacts.PHONE.replace(NO_BREAK, " ")
NATIONAL_PHONE = contacts.NATIONAL_PHONE.replace(NO_BREAK, " ")
