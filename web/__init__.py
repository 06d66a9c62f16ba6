"""The Django project: settings, addresses and the health page."""
