"""The shop: its orders and trade-ins, its rules, and the guarded access to a record from a chat."""
