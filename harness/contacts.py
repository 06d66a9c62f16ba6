"""The shop's phone number as the widget shows it, and with ordinary spaces as people type it."""

from shop.contacts import PHONE
from shop.unicode import NO_BREAK

TYPED_PHONE = PHONE.replace(NO_BREAK, " ")
NATIONAL_PHONE = "0" + TYPED_PHONE.partition("(0)")[2]
