"""The conversation as it was said: the public API, the dispatch to the bot, and what a person takes up."""
