"""The replay: kept messages read by the model in service and by a candidate. Not in the web process: it needs Rasa."""
