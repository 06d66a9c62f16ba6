"""What takes seconds, in a process of its own (worker.py). No other package imports these modules."""

# Of a longer message, only the beginning is compared: the work stays bounded whatever customers write.
COMPARED_CHARACTERS = 300
