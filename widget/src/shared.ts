/** What the panel's parts use of it: their builds take it from panel.js (vite.config.ts), so that it is loaded once. */
export { refusal } from "./api";
export { button, el, icon } from "./dom";
export { Limit } from "./limit";
export { link } from "./links";
export { isOrder } from "./pages";
export { FAILED, NB } from "./texts";
export { DAY_MS, dayName } from "./times";
