/** The chat's root in the shop's page. */

export let root: ShadowRoot;

export function setRoot(given: ShadowRoot): void {
  root = given;
}

/** Dispatch an event for the shop's page. Events never contain a message's text. */
export function tell(name: string, detail?: object): void {
  root.host.dispatchEvent(new CustomEvent(name, { detail }));
}
