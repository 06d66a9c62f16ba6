"""May this product go back: the conditions (RET-1 to RET-5) and, for one order, its deadline or exclusion."""

from actions.lookup_topic import ORDER, LookupTopic
from actions.orders import right_of
from actions.turn import Turn
from actions.withdrawal import MAY_GO_BACK, tell_refurbished, tell_right
from shop.models import Order
from shop.rules.withdrawal import WithdrawalState


class ReturnConditions(LookupTopic[Order]):
    stem = "return_conditions"
    lookup = ORDER

    def answered_by_facts(self, turn: Turn) -> bool:
        return bool(turn.given("return_cost") or turn.given("return_check"))

    async def facts(self, turn: Turn) -> None:
        if turn.given("return_cost"):
            turn.say("utter_return_cost")
        elif turn.given("return_check"):
            turn.say("utter_return_check")
        else:
            turn.say("utter_return_conditions")

    async def about_record(self, turn: Turn, record: Order) -> None:
        right = right_of(record)
        tell_right(turn, record, right)
        if right.state in MAY_GO_BACK:
            turn.say("utter_return_conditions_state")
        elif right.state is WithdrawalState.CANCELLED:
            await self.facts(turn)  # which may be asked for another order
        tell_refurbished(turn, record, right)
