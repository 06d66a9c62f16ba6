"""Helpers of the Makefile: create `.env`, check the ports, wait until the processes are ready."""
