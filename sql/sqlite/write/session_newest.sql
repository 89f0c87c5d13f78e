-- When the newest session began, or a little later: sessions begin at or before their numbers.
select max(id) >> 24
from session
