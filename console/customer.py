"""What the team knows of a conversation's customer, for the inbox's third pane."""

from console.models import Facet, FacetKind, Thread

# Maximum number of earlier conversations; the list of conversations has all of them.
EARLIER = 5


def earlier(thread: Thread) -> list[Thread]:
    """The customer's earlier conversations, the newest first.

    The same customer: the same e-mail or number, as for a return (console/indexing/resolution.py). The address is not
    enough, because a household shares it.
    """
    named = Facet.objects.filter(thread=thread, kind=FacetKind.CUSTOMER).values("value")
    same = Facet.objects.filter(kind=FacetKind.CUSTOMER, value__in=named, started_at__lt=thread.started_at)
    return list(Thread.objects.filter(pk__in=same.values("thread")).exclude(pk=thread.pk)[:EARLIER])
