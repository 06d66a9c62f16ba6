"""What runs inside the Rasa server: understanding, wording, and the way in."""
