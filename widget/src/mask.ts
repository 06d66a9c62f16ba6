/** The masking rules: a file of their own. */
import { lazy } from "./lazy";

export type Mask = (text: string) => string;

const load = lazy<typeof import("./masking")>("masking");

/** Rejects if the file cannot be loaded. */
export async function loadMask(): Promise<Mask> {
  return (await load()).mask;
}
