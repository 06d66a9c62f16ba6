"""The chat's thread pools for the database."""

from shop.database import DatabaseThreads

# Seconds. Readers poll every two seconds (chat/updates.py) and must report a failure within five. A short timeout is
# enough, because no lock blocks a read.
READ_TIMEOUT = 2.5

# Few threads: one per open stream would exhaust the database's connections.
db_write = DatabaseThreads("db-write", 8)
# Reads have their own pool, so they never queue behind blocked writes.
db_read = DatabaseThreads("db-read", 4, READ_TIMEOUT)
# Lease renewals have their own pool, so that customers' calls cannot delay them until a lease expires.
db_lease = DatabaseThreads("db-lease", 2)
