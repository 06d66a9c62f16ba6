"""The lease that lets one version worker run at a time, on all machines. A valid lease means a running worker."""

from datetime import timedelta

from django.db.models import Q

from console.models import WorkerLease
from shop import clock

# Longer than a bot process may take to load a version (rollout.py). After a worker dies, another one waits this long.
LEASE = timedelta(seconds=90)
_ROW = 1


def take(holder: str) -> bool:
    """Take or renew the lease; False while another worker has it."""
    now = clock.now()
    WorkerLease.objects.get_or_create(pk=_ROW, defaults={"until": now})
    # A lease that ends later than a new one was taken before the clock was set back.
    free = Q(holder=holder) | Q(until__lte=now) | Q(until__gt=now + LEASE)
    return bool(WorkerLease.objects.filter(free, pk=_ROW).update(holder=holder, until=now + LEASE))


def release(holder: str) -> None:
    WorkerLease.objects.filter(pk=_ROW, holder=holder).update(until=clock.now())


def is_taken() -> bool:
    """Whether a worker runs."""
    return WorkerLease.objects.filter(pk=_ROW, until__gt=clock.now()).exists()
