"""The shop: its orders and trade-ins, its rules, and the one door that a chat has to them."""
