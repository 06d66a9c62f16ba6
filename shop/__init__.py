"""The shop: its orders and trade-ins, its rules, and the only access to its records from a chat."""
