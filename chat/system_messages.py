"""Messages of `chat` itself, when the bot cannot answer: truthful, with the contacts (CON-1, CON-2)."""

from shop.contacts import HOURS, PHONE, SUPPORT_EMAIL
from shop.formatting import NO_BREAK

CONTACTS = f"au {PHONE}, {HOURS}, ou à {SUPPORT_EMAIL}"
LATE = (
    f"Votre message est bien arrivé, mais ma réponse prend plus de temps que prévu. Elle s’affichera ici dès que "
    f"possible. Si c’est urgent, un conseiller vous répond {CONTACTS}."
)
FAILED = f"Je n’ai pas réussi à traiter ce message, et j’en suis désolé. Un conseiller peut vous aider {CONTACTS}."
TOO_MANY = f"Vous allez trop vite pour moi{NO_BREAK}: attendez {{seconds}}{NO_BREAK}s, s’il vous plaît."
UNAVAILABLE = f"La messagerie est momentanément indisponible. Un conseiller vous répond {CONTACTS}."
