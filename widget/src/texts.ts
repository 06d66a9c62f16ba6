/** The panel's own texts. */
export const NB = "\u00a0";
/** For any failure after which the customer may try again. */
export const FAILED = "Cela n’a pas fonctionné. Réessayez dans un instant.";
const CONTACTS = `au +33${NB}(0)1${NB}76${NB}24${NB}11${NB}20, du lundi au vendredi de 10${NB}h à 18${NB}h (heure de Paris), ou à service-client@pixmania.com`;

export const notice = "Vos messages sont enregistrés pour vous répondre.";
export const noticeLink = "Vos données";
export const label = "Votre message";
export const placeholder = "Message…";
export const send = "Envoyer";
export const person = "Parler à un conseiller";
export const personSaid = "Je voudrais parler à un conseiller";
export const menu = "Options de la conversation";
export const hidden = "Par sécurité, les messages précédents ne sont plus affichés. Pour votre commande, redonnez-moi son numéro et votre adresse e-mail.";
export const close = "Fermer la conversation";
export const writing = "L’assistant écrit…";
export const sending = "Envoi…";
export const waits = "En attente d’envoi";
export const later = "Il partira de lui-même.";
export const retry = "Réessayer";
export const discard = "Supprimer";
export const newer = "Voir la suite";
export const cancel = "Annuler";
/** The server's button that leaves the queue (chat/takeover.py). */
export const leaveQueue = "Revenir à l’assistant";
export const all = "Afficher tout";
export const less = "Réduire";
export const mine = "Où en est ma commande";
export const emailLabel = "Adresse e-mail";
export const emailFault = `Cette adresse n’est pas complète${NB}: il faut par exemple prenom.nom@mail.fr.`;
export const orderLabel = "Commande";
export const tradeinLabel = "Reprise";
export const late = `La réponse prend plus de temps que prévu${NB}; elle s’affichera ici. Si c’est urgent, un conseiller vous répond ${CONTACTS}.`;
export const masked = "Pour votre sécurité, ce qui est confidentiel a été masqué avant l’envoi. Ne l’écrivez jamais dans une conversation.";
export const offline = "Vous êtes hors connexion. Vos messages partiront dès le retour de la connexion.";
export const unreachable = `La messagerie ne répond pas. Vos messages sont gardés ici et partiront dès son retour. Si c’est urgent, un conseiller vous répond ${CONTACTS}.`;
export const next = "Une personne de l’équipe va vous répondre\u00a0: vous êtes le prochain.";
export const photos = "Joindre des photos";
export const who = { customer: "Vous", bot: "Assistant", agent: "Conseiller" } as const;

export const place = (waiting: number) => (waiting === 1 ? next : `Une personne de l’équipe va vous répondre. Avant vous${NB}: ${waiting - 1}.`);
export const writes = (name: string) => `${name} écrit…`;
export const hasReadIt = (name: string) => `${name} a lu votre message.`;
export const withAgent = (name: string) => `Vous parlez avec ${name}, de l’équipe Pixmania`;
