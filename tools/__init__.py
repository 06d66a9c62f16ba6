"""Helpers of the Makefile: creates `.env`, checks the ports, waits until the processes are ready."""
