"""Derives the console's tables (lists, facets, search) from the changed rows of `chat`."""
