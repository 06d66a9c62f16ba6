"""From corrections to training data: corrections, their blast radius, open and added questions, training changes."""
