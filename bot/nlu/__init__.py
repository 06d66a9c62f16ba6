"""Graph components of Rasa's NLU pipeline, for French messages."""
