"""How to follow a delivery (TRK-1, ORD-3, ORD-4); for one order, the same answer as where its parcel is."""

from actions.parcel import Parcel


class Tracking(Parcel):
    stem = "tracking"
