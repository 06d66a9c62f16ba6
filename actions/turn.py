"""One turn of a conversation: what an action reads and changes."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import topics

Button = dict[str, str]
# Below this probability, the reply offers the next likeliest questions as buttons.
SURE = 0.5
MIN_FOR_BUTTON = 0.1
# Number of answered questions remembered as context.
REMEMBERED = 10
# Replies about the value that the form asks for: they do not count as an interruption of the form.
ABOUT_THE_FORM = (
    "utter_ask_order_number", "utter_ask_tradein_number", "utter_ask_email", "utter_ask_slip_noted",
    "utter_ask_photos_taken", "utter_ask_handover", "utter_help/", "utter_invalid_", "utter_other_number_",
    "utter_request_", "utter_which_email", "utter_secret_",
)  # fmt: skip


class Turn:
    """Reads the message and the slots; collects the replies and slot changes.

    Each call of an action has its own: Rasa shares the action objects between conversations, so they keep no state.
    """

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        self._dispatcher = dispatcher
        self._tracker = tracker
        self._slots: dict[str, Any] = dict(tracker.slots)
        # An offer expires with the next message. If a message gets several answers, the first one's offer stays valid.
        later = self._slots.get("asked_question") is not None
        self._changed: dict[str, Any] = {
            "offer": self._slots.get("offer") if later else None,
            "asked_question": None,
            "answered_for": None,
            "further_questions": None,
        }
        self._lead: str | None = None
        self._form_left = False
        self._next: str | None = None
        self._said: set[str] = set()

    @property
    def conversation(self) -> str:
        return self._tracker.sender_id

    @property
    def message(self) -> str:
        return self._tracker.latest_message.get("text") or ""

    @property
    def message_id(self) -> str:
        return self._tracker.latest_message.get("message_id") or ""

    @property
    def address(self) -> str:
        """The keyed hash of the customer's address; empty on a channel that sends none."""
        return (self._tracker.latest_message.get("metadata") or {}).get("address") or ""

    @property
    def intent(self) -> str:
        return self._tracker.latest_message.get("intent", {}).get("name") or ""

    @property
    def question(self) -> str:
        """The message's question: « ask_refund/delay ». A button names it; a bare topic means its first question."""
        pressed = self.entity(topics.QUESTION)
        if pressed and topics.is_answered(f"{self.intent}/{pressed}"):
            return f"{self.intent}/{pressed}"
        read = self._tracker.latest_message.get("question") or ""
        return read if topics.intent_of(read) == self.intent else topics.default_question(self.intent)

    @property
    def question_ranking(self) -> list[tuple[str, float]]:
        """The likeliest questions with their probabilities, the likeliest first; empty for a button."""
        ranking = self._tracker.latest_message.get("question_ranking") or []
        return [(found["name"], found["confidence"]) for found in ranking]

    def probability_of(self, question: str) -> float:
        """The probability that the message asks this question; 1 for a button."""
        ranking = self.question_ranking
        return dict(ranking).get(question, 0.0) if ranking else 1.0

    @property
    def confidence(self) -> float:
        """The probability of the message's topic; if the message has parts, in the part that asks the question."""
        return float(self._tracker.latest_message.get("intent", {}).get("confidence") or 0.0)

    @property
    def questions(self) -> list[str]:
        """All questions of the message, in the order of the answers (bot/nlu/multi_intent.py); at least one."""
        return [self.question, *(self._tracker.latest_message.get("further_questions") or [])]

    @property
    def refers_to(self) -> str | None:
        """The question that the message refers to: the subject that it names, or else the previous question."""
        return self._tracker.latest_message.get("refers_to") or self.slot("question")

    @property
    def previous_question(self) -> str | None:
        """The question that was answered before this one, in an earlier message or in this one."""
        question: str | None = self._tracker.slots.get("question")
        return question

    def alternatives(self, question: str) -> list[str]:
        """Other support questions, as buttons: the implied ones; or if uncertain, the next likeliest."""
        ranking = self.question_ranking
        if self._slots.get("asked_question") or len(self.questions) > 1:
            return []  # another action chose the question, or the message has several
        if offered := self._tracker.latest_message.get("offered_questions"):
            return [one for one in offered if one != question]
        if not ranking or dict(ranking).get(question, 1.0) >= SURE:
            return []
        others = [found for found, probability in ranking if probability >= MIN_FOR_BUTTON and found != question]
        return [found for found in others if topics.can_be_offered(found)][:2]

    @property
    def form(self) -> str | None:
        return None if self._form_left else self._tracker.active_loop.get("name")

    @property
    def has_next(self) -> bool:
        return self._next is not None

    @property
    def is_further(self) -> bool:
        """Whether this answers a further question, after the reply to the first one."""
        events = [event.get("event") for event in self._tracker.events]
        replied = "bot" in events[::-1][: events[::-1].index("user")] if "user" in events else False
        return replied and self._tracker.slots.get("further_questions") is not None

    @property
    def next_action(self) -> str:
        """What runs after this action: another one, the form, or nothing until the next message."""
        return self._next or self.form or "action_listen"

    def messages(self) -> list[dict[str, Any]]:
        """The customer's messages so far as Rasa events, this one last."""
        return [event for event in self._tracker.events if event.get("event") == "user"]

    def recent_texts(self) -> list[str]:
        """The texts of the last three messages, this one last."""
        return [event.get("text") or "" for event in self.messages()[-3:]]

    def answers(self) -> Iterator[set[str]]:
        """The names of the replies to each previous message, the latest first."""
        names: set[str] | None = None  # the replies to this message do not count
        for event in reversed(self._tracker.events):
            if event.get("event") == "user":
                if names is not None:
                    yield names
                names = set()
            elif names is not None and event.get("event") == "bot":
                names.add((event.get("metadata") or {}).get("utter_action") or "")
        yield names or set()

    def last_answer(self) -> set[str]:
        """The names of the replies to the previous message."""
        return next(self.answers())

    def has_said(self, question: str, times: int) -> bool:
        """Whether the last `times` answers were all this question's reply, in any wording."""
        last = list(islice(self.answers(), times))
        return len(last) == times and all(any(name.endswith(question) for name in names) for names in last)

    def entity(self, name: str) -> str | None:
        """The entity's first value in this message; None if there is none."""
        return next(self._tracker.get_latest_entity_values(name), None)

    def gives_value(self) -> bool:
        """Whether this message has a number, an e-mail or a date, which says what it is about."""
        numbers = any(map(self.entity, ("order_number", "tradein_number", "email")))
        return numbers or any(character.isdigit() for character in self.message)

    def other_values(self, name: str) -> list[str]:
        """Further values of the entity, as in « où en sont PX… et PX… ? » (bot/nlu/entity_deduplicator.py)."""
        others = self._tracker.latest_message.get("other_values") or {}
        return list(others.get(name) or [])

    def slot(self, name: str) -> Any:
        return self._slots.get(name)

    def answered(self) -> list[str]:
        """The last questions that were answered, the latest last."""
        return self._slots.get("answered_questions") or []

    def values_of(self, name: str) -> list[str]:
        """The slot's different values so far, the first one first."""
        events = (event for event in self._tracker.events if event.get("event") == "slot" and event.get("name") == name)
        return list(dict.fromkeys(event["value"] for event in events if event.get("value")))

    def set(self, **slots: Any) -> None:
        self._slots.update(slots)
        self._changed.update(slots)

    def say(
        self,
        response: str,
        *,
        buttons: list[Button] | None = None,
        card: dict[str, Any] | None = None,
        handover: str | None = None,
        photos: bool = False,
        **values: Any,
    ) -> None:
        """Send a reply with its placeholders filled in.

        `handover`: the reason why a person is called. `photos`: whether the customer may attach photos.
        """
        custom = {"card": card, "handover": handover, "photos": photos}
        custom = {key: value for key, value in custom.items() if value}
        if self._lead:
            values["lead"], self._lead = self._lead, None
        self._said.add(response)
        self._dispatcher.utter_message(response=response, buttons=buttons, json_message=custom or None, **values)

    def lead_with(self, response: str | None) -> None:
        """Prepend this reply's sentence to the next reply; None prepends nothing."""
        self._lead = response

    def pending_questions(self) -> list[str]:
        """The question that another action passed on, and those after it; empty if the message itself asks."""
        asked = self._slots.get("asked_question")
        return [asked, *(self._slots.get("further_questions") or [])] if asked else []

    def answer_next(self, question: str, further: Sequence[str] | None = None) -> None:
        """Pass the question on to the action that answers it, with the message's `further` ones after it."""
        self.set(asked_question=question, further_questions=None if further is None else list(further))
        self.then(topics.action_of(question))

    def then(self, action: str) -> None:
        """Run this action or form next."""
        self._next = action

    def leave_form(self) -> None:
        """End the active form; its slots keep their values."""
        self._form_left = True

    def events(self) -> list[EventType]:
        """The events for Rasa. Every action names the next one, even if that is to listen or the form asks again.

        After an action that another action named, Rasa's rules predict nothing: the fallback action would run, ten
        times.
        """
        if self.form and not self._next and _interrupts(self._said) and self._interrupted_before():
            self.leave_form()
        if question := self._changed.get("question"):
            before = [one for one in self.answered() if one != question]
            self._changed["answered_questions"] = [*before, question][-REMEMBERED:]
        events: list[EventType] = [SlotSet(name, value) for name, value in self._changed.items()]
        if self._form_left:
            events += [ActiveLoop(None), SlotSet("requested_slot", None)]
        events.append(FollowupAction(self.next_action))
        return events

    def _interrupted_before(self) -> bool:
        """Whether the previous message interrupted the form too: then the form ends, instead of asking a third time.

        A number that is given later is still looked up for the same question.
        """
        starts = [place for place, event in enumerate(self._tracker.events) if event.get("event") == "user"]
        before = self._tracker.events[starts[-2] : starts[-1]] if len(starts) > 1 else []
        passed_over = any(event.get("event") == "action_execution_rejected" for event in before)
        return passed_over and _interrupts(self.last_answer())


def _interrupts(said: set[str]) -> bool:
    """Whether one of these replies is about something other than the value that the form asks for."""
    return any(not name.startswith(ABOUT_THE_FORM) for name in said)
