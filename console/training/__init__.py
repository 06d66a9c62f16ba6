"""From corrections to training data: neighbours, blast radius, clusters, export."""
