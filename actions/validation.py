"""What the forms accept. Shapes only: whether an order exists is for `shop.access` to say."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction

from shop.emails import normalised_email
from shop.numbers import order_number, tradein_number

Slots = dict[str, Any]


def valid_email(value: Any, dispatcher: CollectingDispatcher) -> Slots:
    """The e-mail as the shop stores it, or a request to type it again."""
    email = normalised_email(str(value))
    if email is None:
        dispatcher.utter_message(response="utter_invalid_email")
    return {"email": email}


class ValidateOrderForm(FormValidationAction):
    def name(self) -> str:
        return "validate_order_form"

    def validate_order_number(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Slots:
        number = order_number(str(value))
        if number is None:
            dispatcher.utter_message(response="utter_invalid_order_number")
        return {"order_number": number}

    def validate_email(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Slots:
        return valid_email(value, dispatcher)


class ValidateTradeInForm(FormValidationAction):
    """Digits alone look like an order number: here they are the trade-in's, and no order's."""

    def name(self) -> str:
        return "validate_tradein_form"

    def validate_tradein_number(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Slots:
        number = tradein_number(str(value))
        if number is None:
            dispatcher.utter_message(response="utter_invalid_tradein_number")
        return {"tradein_number": number, "order_number": None}

    def validate_email(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Slots:
        return valid_email(value, dispatcher)
