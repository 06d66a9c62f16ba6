"""Versions of the bot's model: candidates trained with the team's corrections, their evaluation, and their rollout."""
