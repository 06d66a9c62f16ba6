"""`make bench` compares our bot with a stock Rasa project, and one process of each kind with two, as tables."""

from bench import performance, scaling
from harness import postgres

if __name__ == "__main__":
    performance.main()
    if postgres.installed():
        scaling.main()
    else:
        print("\nNot measured, two processes of each kind: PostgreSQL is not installed (Debian: postgresql).")
