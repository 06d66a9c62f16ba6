"""`make bench` compares our bot with a stock Rasa project, and one process with two, as tables."""

from bench import performance, scaling
from harness import postgres

if __name__ == "__main__":
    performance.main()
    if postgres.installed():
        scaling.main()
    else:
        print("\nTwo Rasa processes beside one: PostgreSQL is not installed (Debian: postgresql).")
