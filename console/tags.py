"""Tags: short labels that the team gives to conversations."""

from console import limits
from console.models import Facet, FacetKind, Thread


class InvalidTag(ValueError):
    """Not a valid tag. The message is a French sentence."""


def tag_name(typed: str) -> str:
    """The stored form of the tag: lower case, single blanks. Raises InvalidTag."""
    name = " ".join("".join(c for c in typed if c.isprintable()).casefold().split())
    if not name:
        raise InvalidTag("Une étiquette a au moins une lettre.")
    if len(name) > limits.TAG:
        raise InvalidTag(f"Une étiquette a {limits.TAG}\u00a0caractères au plus.")
    return name


def add(thread: Thread, typed: str) -> str:
    """Return the tag's stored form. Raises InvalidTag."""
    name = tag_name(typed)
    Facet.objects.get_or_create(
        thread=thread, kind=FacetKind.TAG, value=name, defaults={"started_at": thread.started_at}
    )
    return name


def remove(thread: Thread, tag: str) -> None:
    thread.facets.filter(kind=FacetKind.TAG, value=tag).delete()


def of(thread: Thread) -> list[str]:
    return sorted(thread.facets.filter(kind=FacetKind.TAG).values_list("value", flat=True))


def known() -> list[str]:
    """Every tag in use."""
    tags = Facet.objects.filter(kind=FacetKind.TAG).values_list("value", flat=True)
    return sorted(tags.distinct())
