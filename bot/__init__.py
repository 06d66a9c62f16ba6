"""What runs inside the Rasa server: NLU, NLG, channels and the tracker store."""
