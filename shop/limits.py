"""How much a customer may send. tests/data/test_single_sources.py compares the files that repeat these numbers."""

MAX_MESSAGE_CHARACTERS = 2000
MAX_COMMENT_CHARACTERS = 1000
MAX_PHOTOS = 5
