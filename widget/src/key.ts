/** The name of the chat's element, and of what it stores in the browser. */
export const KEY = "pixmania-chat";

/** Where the panel covers the page: on a phone, upright or on its side, and in a window as low (panel.css has the same). */
export const SMALL = "(max-width: 30rem), (max-height: 480px)";
