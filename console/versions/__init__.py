"""Versions of the bot: candidates with the team's corrections, their certificate, and their way into service."""
