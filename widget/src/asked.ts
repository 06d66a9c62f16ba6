/** The fields for a value that the assistant asks for (`asks` of a message): each with its keyboard and its shape. */
import * as TEXTS from "./texts";

export interface Asked {
  label: string;
  attributes: Record<string, string>;
  /** The error message for an invalid value; empty for a sentence, which is sent to the assistant. */
  fault(typed: string): string;
}

const DIGITS = 8;

const FIELDS: Record<string, Asked> = {
  email: {
    label: TEXTS.emailLabel,
    attributes: { inputmode: "email", autocomplete: "email", placeholder: "prenom.nom@mail.fr" },
    fault: (typed) => (/^\S+@\S*$|^\S+\.\w{2,3}$/.test(typed) && !/^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i.test(typed) ? TEXTS.emailFault : ""),
  },
  order_number: numbered("PX", TEXTS.orderLabel),
  tradein_number: numbered("RP", TEXTS.tradeinLabel),
};

/** The input for the value that the assistant asks for; undefined for an unknown kind of value. */
export function fieldOf(asks: string | undefined): Asked | undefined {
  return FIELDS[asks ?? ""];
}

function numbered(prefix: string, label: string): Asked {
  const shape = `${prefix} et ${DIGITS}\u00a0chiffres`;
  const fault = (typed: string) => {
    if (!/^[^a-z0-9]*[a-z]{0,2}[^a-z0-9]*\d[\d\s.-]*$/i.test(typed)) return "";
    const count = typed.replace(/\D/g, "").length;
    const letters = typed.replace(/[^a-z]/gi, "").toUpperCase();
    if (count === DIGITS && (!letters || letters === prefix)) return "";
    return `Il faut ${shape}${count === DIGITS ? "" : `\u00a0; ici, il y en a ${count}`}.`;
  };
  return { label: `${label}\u00a0: ${shape}`, attributes: { placeholder: `${prefix}12345678` }, fault };
}
