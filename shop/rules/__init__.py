"""The shop's rules as pure functions, without a database or a clock. Each one names the fact that it implements."""
