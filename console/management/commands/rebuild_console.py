"""`python manage.py rebuild_console`: fetch every explanation from the bot again, and index every conversation again.

For a restored backup, or after an update that extends the explanations. The team's notes, tags and verdicts are kept.
"""

import asyncio
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chat.bot import Bot, BotFailed, BotUnavailable
from chat.models import Conversation, Explanation, Message
from console.indexing import indexer

BATCH_SIZE = 50


class Command(BaseCommand):
    help = "Fetches every explanation from the bot again, and indexes every conversation again."

    def handle(self, *args: Any, **options: Any) -> None:
        kept = Conversation.objects.filter(erased_at=None, last_seq__gt=0).order_by("pk")
        for start in range(0, kept.count(), BATCH_SIZE):
            batch = list(kept[start : start + BATCH_SIZE])
            try:
                found = asyncio.run(_explanations(batch))
            except (BotUnavailable, BotFailed) as fault:
                raise CommandError(
                    f"The bot does not answer ({fault}): start it, and run this command again."
                ) from fault
            for conversation, explanations in zip(batch, found, strict=True):
                _store(conversation, explanations)
        self.stdout.write(f"{indexer.index_all()} conversations were indexed.")


async def _explanations(conversations: list[Conversation]) -> list[dict[str, Any]]:
    bot = Bot()
    try:
        return [await bot.explanations(conversation) for conversation in conversations]
    finally:
        await bot.close()


def _store(conversation: Conversation, explanations: dict[str, Any]) -> None:
    """Replace the explanations that the bot still has, and mark the conversation as changed."""
    messages = {str(seq): pk for pk, seq in Message.objects.filter(conversation=conversation).values_list("pk", "seq")}
    rows = [Explanation(message_id=messages[seq], data=data) for seq, data in explanations.items() if seq in messages]
    Explanation.objects.bulk_create(rows, update_conflicts=True, unique_fields=["message"], update_fields=["data"])
    Conversation.objects.filter(pk=conversation.pk).update(unindexed=True)
