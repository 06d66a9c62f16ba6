"""What `make` runs before and beside the processes: `.env`, ports, readiness."""
