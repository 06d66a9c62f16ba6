"""`python -m bench.hours`: prints what a customer who asks for a person reads while none is available.

The cases: in the evening, on a public holiday, and after the agent's laptop has failed. The processes are real ones;
their clock is moved (harness/moved_clock.py).
"""

import os
import tempfile
import uuid
from datetime import datetime, timedelta
from pathlib import Path

from harness.chat_client import ChatClient
from harness.console_client import ConsoleClient
from harness.moved_clock import MovedClock
from harness.processes import Processes, started, wait_for
from shop.clock import PARIS

ASK = "je veux parler à un conseiller"
EVENING = datetime(2026, 12, 1, 21, 40, tzinfo=PARIS)
HOLIDAY = datetime(2026, 12, 25, 11, 0, tzinfo=PARIS)
MORNING = datetime(2026, 12, 29, 11, 0, tzinfo=PARIS)


class Reader:
    """A customer. Prints everything that the customer's window shows, with the time."""

    def __init__(self, processes: Processes, clock: MovedClock) -> None:
        self._clock, self._chat, self._printed = clock, ChatClient(processes.web_url).open(), 0
        self.conversation = uuid.UUID(self._chat.token.split(":")[0])

    def ask(self, text: str) -> None:
        self._chat.say(text)
        self.show()

    def wait_for(self, words: str) -> None:
        wait_for(lambda: self._chat.read(wait=1) and any(words in said["text"] for said in self._chat.messages))
        self.show()

    def show(self) -> None:
        state = self._chat.read(wait=0).get("team")
        for said in self._chat.messages[self._printed :]:
            who = {"customer": "customer", "bot": "assistant"}.get(said["from"], said.get("author"))
            buttons = "".join(f" [{button['title']}]" for button in said["buttons"])
            print(f"  {self._clock.now():%H:%M:%S}  {who}: {said['text']}{buttons}")
        self._printed = len(self._chat.messages)
        print(f"            (above the field: {state or 'nothing, the assistant answers'})")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        clock, processes = MovedClock(Path(folder)), Processes(Path(folder))
        # A long limit, so that a jump of the clock does not hide the conversation's earlier messages.
        processes.env |= clock.environment | {"QUIET_MINUTES": "600"}
        with started(processes):
            for name, moment in {"in the evening": EVENING, "on a public holiday": HOLIDAY}.items():
                clock.set(moment)
                print(f"\n{name}, {moment:%d/%m/%Y %H:%M}, nobody is signed in")
                Reader(processes, clock).ask(ASK)
            clock.set(MORNING)
            print(f"\nthe agent's laptop fails, {MORNING:%d/%m/%Y %H:%M}")
            _failing(processes, clock)


def _failing(processes: Processes, clock: MovedClock) -> None:
    from chat.team import presence_timeout

    absence = presence_timeout() + timedelta(seconds=1)
    agent, customer = ConsoleClient.signed_in(processes, "review"), Reader(processes, clock)
    agent.post("boite/presence", to="boite/", disponible="1")
    customer.ask(ASK)
    agent.post(f"boite/{customer.conversation}/prendre", to="boite/")
    customer.wait_for("vous répond à partir de maintenant")
    print("            (the laptop fails, and its inbox sends no heartbeat any more)")
    clock.move(clock.offset + absence)
    customer.wait_for("n’est plus là")
    print("            (no other agent has an inbox open)")
    clock.move(clock.offset + absence)
    customer.wait_for("personne de l’équipe n’est disponible")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
    import django

    django.setup()
    main()
