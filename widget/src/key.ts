/** The name of the chat's element, and of what it stores in the browser. */
export const KEY = "pixmania-chat";

/** The media query for a panel that covers the page: phones, upright or sideways, and low windows (repeated in panel.css). */
export const SMALL = "(max-width: 30rem), (max-height: 480px)";
