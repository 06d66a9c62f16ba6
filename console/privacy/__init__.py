"""Personal data: masked where it is shown, erased where it is asked for, purged when its time is over."""
