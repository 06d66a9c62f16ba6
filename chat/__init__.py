"""Conversations as customers see them: the public API, the dispatch to the bot, and hand-over requests."""
