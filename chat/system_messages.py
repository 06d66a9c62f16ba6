"""What `chat` itself says, when the bot cannot: true, with the contacts (CON-1, CON-2)."""

NB = "\u00a0"
CONTACTS = (
    f"au +33{NB}(0)1{NB}76{NB}24{NB}11{NB}20, du lundi au vendredi de 10{NB}h à 18{NB}h (heure de Paris), "
    "ou à service-client@pixmania.com"
)
LATE = (
    f"Votre message est bien arrivé, mais ma réponse prend plus de temps que prévu. Elle s’affichera ici dès que "
    f"possible. Si c’est urgent, un conseiller vous répond {CONTACTS}."
)
FAILED = f"Je n’ai pas réussi à traiter ce message, et j’en suis désolé. Un conseiller peut vous aider {CONTACTS}."
TOO_MANY = f"Vous allez trop vite pour moi{NB}: attendez {{seconds}}{NB}s, s’il vous plaît."
UNAVAILABLE = f"La messagerie est momentanément indisponible. Un conseiller vous répond {CONTACTS}."
