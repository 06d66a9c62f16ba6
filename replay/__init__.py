"""The replay: compares the live model and a candidate on stored messages. It needs Rasa, so the web image lacks it."""
