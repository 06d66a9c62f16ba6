"""« Est-ce que je peux le renvoyer ? » gets « oui », « non » or « je ne sais pas » first: the reply `utter_may_i/…`."""

import re

from actions import responses
from shop.said_dates import read

_MAY_I = re.compile(
    r"\bpuis[- ]je\b|\b(?:(?:je|on) |j'? ?)(?:peu[xt]?|pourrais|pourrait)\b|\bjp[ex]\b|\bpeut[- ]on\b|\bpossible\b"
    r"|\bai (?:le )?droit\b|\bc'?est autorise\b"
)
# « Je ne peux pas » asks for nothing, and « comment je peux … » for more than a yes.
_OTHER_QUESTION = re.compile(
    r"\bj?(?:pe|px|peu[xt]?|pourrais|pourrait) (?:pas|plus|rien)\b|\bimpossible\b"
    r"|\bcomment\b|\bquand\b|\bcombien\b|\bquel\w*\b|\bou (?:est[- ]ce|je|on|puis|peut)\b|\bpourquoi\b|\bqui\b"
)


def reply_to(question: str, message: str) -> str:
    """The name of the question's reply; of the one that answers a request for permission, if the message is one."""
    text, may_i = read(message), f"utter_may_i/{question}"
    asks = _MAY_I.search(text) and not _OTHER_QUESTION.search(text)
    return may_i if asks and may_i in responses.load() else f"utter_{question}"
