"""Personal data: masked when shown, erased on request, purged after the retention period."""
