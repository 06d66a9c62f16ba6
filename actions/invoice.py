"""The invoice: where it is (INV-1), and whom to ask when it is missing (INV-2)."""

from actions.lookup_base import ORDER, LookupTopic
from actions.orders import order_values
from actions.turn import Turn
from shop.records import OrderRecord


class Invoice(LookupTopic[OrderRecord]):
    key = "invoice"
    lookup = ORDER
    record_questions = frozenset({"where", "missing"})

    async def answer_record(self, turn: Turn, record: OrderRecord, question: str) -> None:
        if record.invoice_available and question == "missing":
            turn.say("utter_ask_invoice/missing")  # the shop has it, but the customer does not find it
            return
        state = "available" if record.invoice_available else "missing"
        turn.say(f"utter_invoice_{state}", **order_values(record))
