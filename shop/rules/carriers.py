"""The carriers' tracking pages (ORD-3), and the shape of their tracking numbers.

Links are always built from this table. A seller's own link is never shown: it could lead to any site, even through a
redirect on the carrier's site.
"""

import re
import unicodedata
from urllib.parse import quote, urlsplit

# The first words of a carrier’s name (« Colissimo Domicile ») → its page for one parcel.
PAGES = {
    "chronopost": "https://www.chronopost.fr/tracking-no-cms/suivi-page?listeNumerosLT={}",
    "colis prive": "https://colisprive.com/moncolis/pages/detailColis.aspx?numColis={}",
    "colissimo": "https://www.laposte.fr/outils/suivre-vos-envois?code={}",
    "dhl": "https://www.dhl.com/fr-fr/home/tracking.html?tracking-id={}",
    "dpd": "https://trace.dpd.fr/fr/trace/{}",
    "fedex": "https://www.fedex.com/fedextrack/?trknbr={}",
    "gls": "https://gls-group.com/FR/fr/suivi-colis?match={}",
    "la poste": "https://www.laposte.fr/outils/suivre-vos-envois?code={}",
    "mondial relay": "https://www.mondialrelay.fr/suivi-de-colis/?numeroExpedition={}",
    "ups": "https://www.ups.com/track?loc=fr_FR&tracknum={}",
}
_HOSTS = {name: urlsplit(page).hostname for name, page in PAGES.items()}
# For example eight digits at Mondial Relay, up to 35 characters at DHL. All contain at least four digits.
_NUMBER = re.compile(r"(?=(?:\D*\d){4})[A-Z0-9]{6,40}", re.ASCII | re.IGNORECASE)
_SEPARATORS = re.compile(r"[ .\-]")


def tracking_number(text: str) -> str | None:
    """« 8R 0048 2072 641 » → « 8R00482072641 »; None if it is not shaped like a tracking number."""
    number = _SEPARATORS.sub("", text.strip())
    return number if _NUMBER.fullmatch(number) and len(set(number)) > 1 else None


def tracking_url(carrier: str, number: str) -> str | None:
    """The carrier's page for this parcel; None if the carrier is not in the table."""
    name = _name(carrier)
    return PAGES[name].format(quote(number, safe="")) if name else None


def is_tracking_url(url: str, carrier: str) -> bool:
    """Whether the address is one of this carrier's site: https, its exact host, no user name and no port."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    host = _HOSTS.get(_name(carrier) or "")
    # Browsers read a backslash as a slash and drop blanks, so they could open another host than the one parsed here.
    plain = url.isascii() and url.isprintable() and not set(url) & set("\\ ")
    return plain and parts.scheme == "https" and "@" not in parts.netloc and port is None and parts.hostname == host


def _name(carrier: str) -> str | None:
    """The carrier's key in the table. Only ASCII letters are accepted, so that no look-alike matches."""
    letters = unicodedata.normalize("NFKD", carrier)
    if not all(letter.isascii() or unicodedata.combining(letter) for letter in letters):
        return None
    words = " ".join(re.findall(r"[a-z0-9]+", "".join(filter(str.isascii, letters)).lower()))
    return next((name for name in PAGES if f"{words} ".startswith(f"{name} ")), None)
