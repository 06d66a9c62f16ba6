"""How customers reach the support team (CON-1 to CON-4): the one source of the phone number and the addresses.

Files that cannot import this module repeat them; tests/data/test_single_sources.py compares them.
"""

from shop.formatting import hour
from shop.rules.phone_line import CLOSES, OPENS
from shop.unicode import NO_BREAK

PHONE = "+33 (0)1 76 24 11 20".replace(" ", NO_BREAK)
# As people in France write it, for pages. Replies use PHONE, the documented form.
NATIONAL_PHONE = PHONE.replace(f"+33{NO_BREAK}(0)", "0")
PHONE_URI = "tel:" + PHONE.replace("(0)", "").replace(NO_BREAK, "")
HOURS = f"du lundi au vendredi de {hour(OPENS)} à {hour(CLOSES)} (heure de Paris)"
SUPPORT_EMAIL = "service-client@pixmania.com"
BUYBACK_EMAIL = "buyback@pixmania.com"
PRIVACY_EMAIL = "privacy@pixmania.com"
POSTAL_ADDRESS = ("Service Client Pixmania", "22 rue Curnonsky", "75017 Paris")
