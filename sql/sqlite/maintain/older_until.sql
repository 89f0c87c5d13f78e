-- Until when days were counted by older rules, and cannot be counted anew.
select cast(value as integer)
from store
where key = 'older_rules_until'
