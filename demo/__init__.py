"""The demo: orders and trade-ins to try the bot with, and the pages of a shop that has the chat on it."""
