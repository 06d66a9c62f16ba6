"""What tests and benchmarks share: processes, deployments, load clients, faults."""
