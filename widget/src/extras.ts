/** What is loaded when it is first needed: the cards, the photos, the menu with its actions, and the rating. */
import cards from "./cards.css?inline";
import options from "./options.css?inline";
import photos from "./photos.css?inline";

export { card } from "./cards";
export { Options } from "./options";
export { add, show } from "./photos";

/** Loads this file. */
export type Extras = () => Promise<typeof import("./extras")>;

export const css = cards + options + photos;
