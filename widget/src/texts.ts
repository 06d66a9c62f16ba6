/** The panel's own texts. */
const NB = "\u00a0";
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
  download: "Télécharger la conversation",
  rate: "Donner mon avis",
  restart: "Nouvelle conversation",
  restartAsk: `Un message n’est pas encore parti${NB}: il sera perdu. Commencer une nouvelle conversation${NB}?`,
  restartYes: "Commencer",
  hidden: "Par sécurité, les messages précédents ne sont plus affichés. Pour votre commande, redonnez-moi son numéro et votre adresse e-mail.",
  erase: "Effacer la conversation",
  eraseAsk: `Effacer toute la conversation, ici et chez Pixmania${NB}? C’est définitif.`,
  eraseYes: "Effacer",
  keep: "Garder",
  erased: "La conversation est effacée.",
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
  faq: "Questions fréquentes",
  emailLabel: "Adresse e-mail",
  emailFault: `Cette adresse n’est pas complète${NB}: il faut par exemple prenom.nom@mail.fr.`,
  orderLabel: "Commande",
  tradeinLabel: "Reprise",
  late: `La réponse prend plus de temps que prévu${NB}; elle s’affichera ici. Si c’est urgent, un conseiller vous répond ${CONTACTS}.`,
  masked: "Pour votre sécurité, ce qui est confidentiel a été masqué avant l’envoi. Ne l’écrivez jamais dans une conversation.",
  offline: "Vous êtes hors connexion. Vos messages partiront dès le retour de la connexion.",
  unreachable: `La messagerie ne répond pas. Vos messages sont gardés ici et partiront dès son retour. Si c’est urgent, un conseiller vous répond ${CONTACTS}.`,
  failedAction: `Cela n’a pas fonctionné. Réessayez dans un instant.`,
  rateAsk: `Cette conversation vous a-t-elle été utile${NB}?`,
  rateYes: "Oui, utile",
  rateNo: "Non, pas utile",
  rateComment: "Un mot de plus (facultatif)",
  rateSend: "Envoyer mon avis",
  rateThanks: "Merci, votre avis est enregistré.",
  next: "Une personne de l’équipe va vous répondre\u00a0: vous êtes le prochain.",
  order: "Voir la commande",
  seller: "Contacter le vendeur",
  invoice: "Facture",
  return: "Retourner",
  copy: "Copier le numéro",
  copied: "Copié",
  contact: "Service client",
  lineOpen: "Ligne ouverte, jusqu’",
  lineClosed: "Ligne fermée, ouvre",
  lineUnknown: "Ligne ouverte au plus tard",
  call: "Appeler",
  mail: "Écrire",
  mailSubject: "Ma demande",
  request: "Demande",
  answerTo: "Réponse à",
  left: "Pour l’équipe",
  copyReference: "Copier la référence",
  photos: "Joindre des photos",
  who: { customer: "Vous", bot: "Assistant", agent: "Conseiller" },
} as const;

export const place = (waiting: number) => (waiting === 1 ? TEXTS.next : `Une personne de l’équipe va vous répondre. Avant vous${NB}: ${waiting - 1}.`);
export const writes = (name: string) => `${name} écrit…`;
export const hasReadIt = (name: string) => `${name} a lu votre message.`;
export const helpedBy = (name: string) => `L’échange avec ${name} vous a-t-il été utile${NB}?`;
export const withAgent = (name: string) => `Vous parlez avec ${name}, de l’équipe Pixmania`;

const characters = (count: number) => `${count.toLocaleString("fr-FR")}${NB}caractère${count > 1 ? "s" : ""}`;
export const remaining = (count: number) =>
  count < 0 ? `Votre message est trop long de ${characters(-count)}${NB}: raccourcissez-le, ou envoyez-le en plusieurs fois.` : `Il reste ${characters(count)}.`;
