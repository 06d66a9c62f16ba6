"""Two Rasa processes with one store: one does not overwrite a conversation that the other erased or continued."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from rasa.core import tracker_store as rasa_stores
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, UserUttered
from rasa.utils.endpoints import EndpointConfig

from bot import tracker_store
from bot.tracker_store import TrackerStore
from bot.turn_transaction import TurnAborted
from harness.processes import wait_for

SENDER = "6f1de77c"
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


@pytest.fixture(params=["sqlite", "postgresql"])
def stores(request, tmp_path):
    sqlite = f"sqlite:///{tmp_path / 'rasa.sqlite3'}"
    url = sqlite if request.param == "sqlite" else request.getfixturevalue("postgresql")
    yield (pair := [TrackerStore(Domain.empty(), url) for _ in range(2)])
    for store in pair:
        store.engine.dispose()


@pytest.mark.parametrize("named", ["nowhere.TrackerStore", "InMemory", None])
def test_a_tracker_store_other_than_ours_is_refused(named):
    """test_faults.py tests that the process then ends."""
    store = rasa_stores.TrackerStore.create(EndpointConfig(type=named), Domain.empty())
    with pytest.raises(TypeError, match="Rasa runs on InMemoryTrackerStore"):
        tracker_store.unwrap(store)


def started_turn(store, text="bonjour", sender=SENDER):
    """A turn that is not saved yet."""
    tracker = asyncio.run(store.get_or_create_tracker(sender, append_action_listen=False))
    new = [UserUttered(text), ActionExecuted("utter_greet"), ActionExecuted("action_listen")]
    if not tracker.events:
        new = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen"), *new]
    for event in new:
        tracker.update(event)
    return tracker


def save(store, tracker):
    asyncio.run(store.save(tracker))


def said(store):
    tracker = asyncio.run(store.retrieve_full_tracker(SENDER))
    return [event.text for event in tracker.events if isinstance(event, UserUttered)] if tracker else []


def test_a_conversation_goes_on_from_process_to_process(stores):
    one, other = stores
    save(one, started_turn(one, "un"))
    save(other, started_turn(other, "deux"))
    tracker = started_turn(one, "trois")
    save(one, tracker)
    tracker.update(UserUttered("quatre"))
    save(one, tracker)
    assert said(other) == ["un", "deux", "trois", "quatre"]


def test_a_turn_that_two_processes_handled_is_stored_once(stores):
    one, other = stores
    save(one, started_turn(one, "un"))
    late = started_turn(one, "deux")
    save(other, started_turn(other, "deux"))
    with pytest.raises(TurnAborted):
        save(one, late)
    assert said(other) == ["un", "deux"]


@pytest.mark.parametrize("others_write", [True, False])
def test_a_turn_that_is_saved_after_an_erasure_restores_nothing(stores, others_write):
    """Without other writers, SQLite reuses the ids of the erased events for the new ones."""
    one, other = stores
    save(one, started_turn(one))
    late = started_turn(one, "encore")
    for again in range(10):
        late.update(UserUttered(f"encore {again}"))
    if others_write:
        save(other, started_turn(other, sender="another"))
    assert other.erase(SENDER) > 0
    with pytest.raises(TurnAborted):
        save(one, late)
    assert asyncio.run(other.keys()) == ["another"] * others_write


@pytest.mark.parametrize("stores", ["postgresql"], indirect=True)
def test_an_erasure_waits_for_a_turn_that_is_being_saved(stores):
    """The erasure would miss the turn's events, and the turn would not notice the erasure."""
    one, other = stores
    tracker = started_turn(one)
    save(one, tracker)
    row = tracker_store._row(SENDER, UserUttered("encore").as_dict())
    with ThreadPoolExecutor() as pool:
        with one.connection() as saving:
            tracker_store._add(saving, [row], after=tracker.newest)
            erasing = pool.submit(other.erase, SENDER)
            with one.connection() as looking:
                wait_for(lambda: erasing.done() or looking.exec_driver_sql(WAITING).scalar())
        assert erasing.result() == len(tracker.events) + 1
    assert asyncio.run(other.keys()) == []
