"""`make bench`: what each feature set brings to understanding, and what each threshold costs, as tables."""

from bench.nlu import ablation, thresholds

if __name__ == "__main__":
    ablation()
    thresholds()
