"""What a customer may send: characters of a text, photos of one message. Copies: tests/data/test_single_sources.py."""

MAX_MESSAGE_CHARACTERS = 2000
MAX_COMMENT_CHARACTERS = 1000
MAX_PHOTOS = 5
