-- The number of a source in a channel.
select id
from source
where name = :name
  and channel = :channel
