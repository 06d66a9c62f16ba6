"""The demo: orders and trade-ins to try the bot with, and a shop's pages with the chat widget."""
