"""The Django project: settings, URLs and the health page."""
