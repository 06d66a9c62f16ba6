"""Components of Rasa's graph that understand French messages."""
