"""From corrections to training data: similar lines, blast radius, clusters, training changes."""
