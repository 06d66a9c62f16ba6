"""Messages that `chat` sends when the bot cannot answer or a person takes over, with the contacts (CON-1, CON-2)."""

from shop.contacts import HOURS, PHONE, SUPPORT_EMAIL
from shop.unicode import NO_BREAK

CONTACTS = f"au {PHONE}, {HOURS}, ou à {SUPPORT_EMAIL}"
LATE = (
    f"Votre message est bien arrivé, mais ma réponse prend plus de temps que prévu. Elle s’affichera ici dès que "
    f"possible. Si c’est urgent, un conseiller vous répond {CONTACTS}."
)
FAILED = f"Je n’ai pas réussi à traiter ce message, et j’en suis désolé. Un conseiller peut vous aider {CONTACTS}."
TOO_MANY = f"Vous allez trop vite pour moi{NO_BREAK}: attendez {{seconds}}{NO_BREAK}s, s’il vous plaît."
UNAVAILABLE = f"La messagerie est momentanément indisponible. Un conseiller vous répond {CONTACTS}."

# When a person takes over, and when the bot answers again (chat/takeover.py). `about` names the order, or is empty.
JOINED = "{name}, de l’équipe Pixmania, vous répond à partir de maintenant."
RESUMED = (
    f"Ici de nouveau l’assistant automatique{NO_BREAK}: je reprends la conversation. {{about}}"
    f"Que puis-je faire pour vous{NO_BREAK}?"
)
CLOSED = "{name} a terminé l’échange. Je suis l’assistant automatique, et je reste là si vous avez une autre question."
LEFT_QUEUE = f"D’accord, vous n’attendez plus de conseiller. {{about}}Que puis-je faire pour vous{NO_BREAK}?"
RELEASED = "{name} n’est plus là. Votre conversation attend de nouveau une personne de l’équipe."
UNANSWERED_OFFER = (
    "La personne à qui {name} voulait vous confier n’a pas répondu. "
    "Votre conversation attend de nouveau une personne de l’équipe."
)
PASSED = "{name}, de l’équipe Pixmania, prend le relais à partir de maintenant."
REQUEUED = "Votre conversation attend une personne de l’équipe, qui vous répondra ici."
# In answer to photos, which go to the team and not to the seller (DMG-2).
_SELLER_TOO = (
    f"Le vendeur ne {{them}} reçoit pas d’ici{NO_BREAK}: envoyez-{{them}}-lui aussi, "
    f"dans «{NO_BREAK}Mon compte{NO_BREAK}»."
)
PHOTOS_KEPT = (
    f"{{photos}} à notre conversation{NO_BREAK}: l’équipe {{them}} verra avec votre demande, si vous en laissez une. "
    f"{_SELLER_TOO}"
)
PHOTOS_WITH_REQUEST = f"{{photos}} à votre demande{NO_BREAK}: l’équipe {{them}} verra. {_SELLER_TOO}"
PHOTOS_HOW = f"Rechargez cette page, s’il vous plaît{NO_BREAK}: vous pourrez ensuite joindre vos photos."
NOBODY = (
    "Je suis désolé, personne de l’équipe n’est disponible pour l’instant. Laissez une demande avec votre adresse "
    f"e-mail, ou écrivez à {SUPPORT_EMAIL}{NO_BREAK}: l’équipe vous répondra dès que possible."
)
