"""The shop's rules as pure functions, without a database or a clock. Each names the documented fact behind it."""
