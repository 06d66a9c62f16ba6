"""Wording: which variation of a reply is said, and how it is typeset."""

import copy
from typing import Any

from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.typography import typeset

Response = dict[str, Any]
Responses = dict[str, list[Response]]
AGAIN = "utter_again"


class Replies(TemplatedNaturalLanguageGenerator):
    """Takes the variations of a reply in their order, and never says what it said in its last answer.

    Rasa picks at random: the first words may then come second, and the same ones twice in a row.
    """

    def __init__(self, endpoint_config: Any, domain: Domain | None) -> None:
        super().__init__(domain.responses if domain else {})

    @property
    def responses(self) -> Responses:
        return self._responses

    @responses.setter
    def responses(self, responses: Responses) -> None:
        """Rasa sets them once the model is loaded: here they are typeset, once for all."""
        self._responses = {name: [_typeset(variation) for variation in found] for name, found in responses.items()}

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> Response | None:
        if utter_action not in self.responses:
            return None
        wordings = self._wordings(utter_action, tracker, output_channel, kwargs)
        begin = sum(event.metadata.get("utter_action") == utter_action for event in _spoken(tracker))
        inorder = wordings[begin % len(wordings) :] + wordings[: begin % len(wordings)]
        recent = _last_answer(tracker)
        fresh = next((wording for wording in inorder if wording.get("text") not in recent), None)
        return fresh or self._said_again(inorder[0], tracker)

    def _wordings(
        self, name: str, tracker: DialogueStateTracker, channel: str, values: dict[str, Any]
    ) -> list[Response]:
        slots = tracker.current_slot_values()
        suitable = ResponseVariationFilter(self.responses).responses_for_utter_action(name, channel, slots)
        # Typeset once more: what was filled in has apostrophes and blanks of its own.
        return [_typeset(self._fill_response(copy.deepcopy(response), slots, **values)) for response in suitable]

    def _said_again(self, wording: Response, tracker: DialogueStateTracker) -> Response:
        """The same words, with a word for it before the first of them."""
        again = self.responses[AGAIN][0]["text"]
        if any((said.text or "").startswith(again) for said in _this_answer(tracker)):
            return wording
        return {**wording, "text": f"{again} {wording.get('text', '')}"}


def _typeset(response: Response) -> Response:
    buttons = [{**button, "title": typeset(button["title"])} for button in response.get("buttons", [])]
    return {**response, "text": typeset(response.get("text", ""))} | ({"buttons": buttons} if buttons else {})


def _spoken(tracker: DialogueStateTracker) -> list[BotUttered]:
    return [event for event in tracker.events if isinstance(event, BotUttered)]


def _last_answer(tracker: DialogueStateTracker) -> set[str | None]:
    """What the bot has said since the customer's last message but one."""
    texts: set[str | None] = set()
    messages = 0
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            messages += 1
            if messages == 2:
                break
        elif isinstance(event, BotUttered):
            texts.add(event.text)
    return texts


def _this_answer(tracker: DialogueStateTracker) -> list[BotUttered]:
    """What the bot has said since the customer's last message."""
    said: list[BotUttered] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, BotUttered):
            said.append(event)
    return said
