"""The Django project: settings, addresses, the start page and the health page."""
