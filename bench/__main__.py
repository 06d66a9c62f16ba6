"""`make bench`: ours beside a stock Rasa project, and one Rasa process beside two, as tables."""

from bench import performance, scaling

if __name__ == "__main__":
    performance.main()
    scaling.main()
