-- When the newest visit began, or a little later: visits begin at or before their numbers.
select max(id) >> 24
from visit
