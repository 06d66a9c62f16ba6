"""Copying what was said (chat) and why (Rasa's events) into the console's own tables."""
