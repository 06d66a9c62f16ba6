/** The panel's own texts. */
export const NB = "\u00a0";
/** Of anything that the customer may try again. */
export const FAILED = "Cela n’a pas fonctionné. Réessayez dans un instant.";
const CONTACTS = `au +33${NB}(0)1${NB}76${NB}24${NB}11${NB}20, du lundi au vendredi de 10${NB}h à 18${NB}h (heure de Paris), ou à service-client@pixmania.com`;

export const TEXTS = {
  notice: "Vos messages sont enregistrés pour vous répondre.",
  noticeLink: "Vos données",
  label: "Votre message",
  placeholder: "Écrivez votre message…",
  send: "Envoyer",
  person: "Parler à un conseiller",
  personSaid: "Je voudrais parler à un conseiller",
  menu: "Options de la conversation",
  hidden: "Par sécurité, les messages précédents ne sont plus affichés. Pour votre commande, redonnez-moi son numéro et votre adresse e-mail.",
  close: "Fermer la conversation",
  writing: "L’assistant écrit…",
  sending: "Envoi…",
  waits: "En attente d’envoi",
  later: "Il partira de lui-même.",
  retry: "Réessayer",
  discard: "Supprimer",
  newer: "Voir la suite",
  cancel: "Annuler",
  all: "Afficher tout",
  less: "Réduire",
  mine: "Où en est ma commande",
  emailLabel: "Adresse e-mail",
  emailFault: `Cette adresse n’est pas complète${NB}: il faut par exemple prenom.nom@mail.fr.`,
  orderLabel: "Commande",
  tradeinLabel: "Reprise",
  late: `La réponse prend plus de temps que prévu${NB}; elle s’affichera ici. Si c’est urgent, un conseiller vous répond ${CONTACTS}.`,
  masked: "Pour votre sécurité, ce qui est confidentiel a été masqué avant l’envoi. Ne l’écrivez jamais dans une conversation.",
  offline: "Vous êtes hors connexion. Vos messages partiront dès le retour de la connexion.",
  unreachable: `La messagerie ne répond pas. Vos messages sont gardés ici et partiront dès son retour. Si c’est urgent, un conseiller vous répond ${CONTACTS}.`,
  next: "Une personne de l’équipe va vous répondre\u00a0: vous êtes le prochain.",
  photos: "Joindre des photos",
  who: { customer: "Vous", bot: "Assistant", agent: "Conseiller" },
} as const;

export const place = (waiting: number) => (waiting === 1 ? TEXTS.next : `Une personne de l’équipe va vous répondre. Avant vous${NB}: ${waiting - 1}.`);
export const writes = (name: string) => `${name} écrit…`;
export const hasReadIt = (name: string) => `${name} a lu votre message.`;
export const withAgent = (name: string) => `Vous parlez avec ${name}, de l’équipe Pixmania`;
