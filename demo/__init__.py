"""The demo: orders and trade-ins for trying the bot, and the pages of a shop with the chat widget."""
