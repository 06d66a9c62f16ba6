"""The conversation as the support team takes it up: today its hand-over requests."""
