-- All counters of all rings.
select ring, counter, base, value
from ledger
