"""NLG: chooses the variation of a reply, and sets its typography."""

import copy
import itertools
import re
from typing import Any

from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from actions import responses
from actions.responses import fill
from bot.typography import typeset

Response = dict[str, Any]
Responses = dict[str, list[Response]]
AGAIN = "utter_again"
MORE = {"title": "En savoir plus", "payload": '/follow_up{"question": "more"}'}
MAX_BUTTONS = 5
# A payload that names a question, « /ask_refund/delay », becomes an intent and an entity for Rasa.
_QUESTION = re.compile(r"/([a-z_]+)/([a-z_]+)")


class ReplyGenerator(TemplatedNaturalLanguageGenerator):
    """Uses the variations of a reply in order, and skips those that the last answer contained.

    Rasa's own generator picks one at random. The replies come from data/responses/, read at the start of the process,
    and from the live version; not from Rasa's domain.
    """

    def __init__(self, endpoint_config: Any, domain: Domain | None) -> None:
        self.read()
        super().__init__(self._variations)

    def read(self) -> None:
        """Read the replies again (actions/responses.py)."""
        self._variations = {name: [_typeset(one) for one in found] for name, found in responses.load().items()}

    @property
    def responses(self) -> Responses:
        return self._variations

    @responses.setter
    def responses(self, responses: Responses) -> None:
        """Ignore the replies of the loaded model, because the files are newer."""

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> Response | None:
        if utter_action not in self.responses:
            return None
        kwargs = _asked_about(tracker) | kwargs
        lead, others = kwargs.pop("lead", None), kwargs.pop("others", [])
        wordings = self._wordings(utter_action, tracker, output_channel, kwargs)
        begin = sum(event.metadata.get("utter_action") == utter_action for event in _bot_events(tracker))
        in_order = wordings[begin % len(wordings) :] + wordings[: begin % len(wordings)]
        recent = _last_answer(tracker)
        fresh = next((wording for wording in in_order if wording.get("text") not in recent), None)
        reply = fresh or self._repeated(in_order[0], tracker)
        return self._with_lead_in(lead, self._with_buttons(utter_action, reply, others))

    def _wordings(
        self, name: str, tracker: DialogueStateTracker, channel: str, values: dict[str, Any]
    ) -> list[Response]:
        slots = tracker.current_slot_values()
        suitable = ResponseVariationFilter(self.responses).responses_for_utter_action(name, channel, slots)
        return [self._filled(copy.deepcopy(response), slots, values) for response in suitable]

    def _filled(self, response: Response, slots: dict[str, Any], values: dict[str, Any]) -> Response:
        """Fill in the values.

        Rasa fills the buttons, but leaves a text unfilled if a value is missing or contains « 0[ ».
        """
        text = fill(response.pop("text", ""), slots | values)
        # Typeset again, because the values contain apostrophes and blanks too.
        return _typeset(self._fill_response(response, slots, **values) | {"text": text})

    def _repeated(self, wording: Response, tracker: DialogueStateTracker) -> Response:
        """The wording with the reply AGAIN prepended, because the last answer contained it; only once per answer."""
        again = self.responses[AGAIN][0]["text"]
        if any((reply.text or "").startswith(again) for reply in _this_answer(tracker)):
            return wording
        return {**wording, "text": f"{again} {wording.get('text', '')}"}

    def _with_buttons(self, name: str, wording: Response, others: list[Response]) -> Response:
        """The buttons: the other likely questions, the reply's own, and « En savoir plus » if there is more."""
        offered = [button["payload"] for button in others]
        buttons = others + [one for one in wording.get("buttons", []) if one["payload"] not in offered]
        more = [MORE] if f"utter_more/{name.removeprefix('utter_')}" in self.responses else []
        buttons = [*buttons[: MAX_BUTTONS - len(more)], *more]
        return {**wording, "buttons": buttons} if buttons else wording

    def _with_lead_in(self, lead: str | None, wording: Response) -> Response:
        """Prepend the reply `lead` as an introduction, unless this one apologises or says yes or no itself."""
        text = wording.get("text", "")
        if lead is None or "désolé" in text or (lead == "utter_lead/sure" and text.startswith(("Oui", "Non"))):
            return wording
        return {**wording, "text": f"{self.responses[lead][0]['text']} {text}"}


def _typeset(response: Response) -> Response:
    buttons = [
        {"title": typeset(button["title"]), "payload": payload(button["payload"])}
        for button in response.get("buttons", [])
    ]
    return {**response, "text": typeset(response.get("text", ""))} | ({"buttons": buttons} if buttons else {})


def payload(written: str) -> str:
    """« /ask_refund/delay » → « /ask_refund{{"question": "delay"}} », braces doubled for Rasa's placeholders."""
    found = _QUESTION.fullmatch(written)
    return f'/{found[1]}{{{{"question": "{found[2]}"}}}}' if found else written


def _asked_about(tracker: DialogueStateTracker) -> dict[str, str]:
    """Placeholders of the look-up's replies: what to call the record and its number (data/responses/look_up.yml)."""
    events = reversed(tracker.events)
    turn = itertools.takewhile(lambda event: not isinstance(event, UserUttered), events)
    changed = any(isinstance(event, ActionExecuted) and event.action_name == "action_change_number" for event in turn)
    corrects = any(
        str(event.metadata.get("utter_action")).startswith("utter_no_match_") for event in _bot_events(tracker)[-1:]
    )
    return {
        "record": "reprise" if tracker.active_loop_name == "tradein_form" else "commande",
        "order_number_of": "le numéro de l’autre commande" if changed and not corrects else "votre numéro de commande",
    }


def _bot_events(tracker: DialogueStateTracker) -> list[BotUttered]:
    return [event for event in tracker.events if isinstance(event, BotUttered)]


def _last_answer(tracker: DialogueStateTracker) -> set[str | None]:
    """The bot's texts since the customer's previous message."""
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
    """The bot's texts since the customer's last message."""
    events: list[BotUttered] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, BotUttered):
            events.append(event)
    return events
