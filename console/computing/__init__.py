"""Computations that take seconds, in a separate process (worker.py). No other package imports these modules."""

# Only this many characters of a message are compared, which bounds the computation.
COMPARED_CHARACTERS = 300
