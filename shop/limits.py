"""The length of what a customer may send, in characters. Copies: tests/data/test_single_sources.py."""

MAX_MESSAGE_CHARACTERS = 2000
MAX_COMMENT_CHARACTERS = 1000
