"""The shop's rules as pure functions: no database, no clock of their own; each names the fact that it comes from."""
