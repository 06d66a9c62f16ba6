"""The public chat API, version 1, as documented in openapi.yml."""
