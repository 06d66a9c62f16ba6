"""Deriving the console's own tables (lists, facets, search) from the chat's rows that changed."""
