"""The public chat API, version 1: openapi.yml says what it promises."""
