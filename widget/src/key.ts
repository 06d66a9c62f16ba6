/** The name of the chat's element, and of what it stores in the browser. */
export const KEY = "pixmania-chat";
