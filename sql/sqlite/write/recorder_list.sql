-- The front ends that were heard of since a time, each by the one of its recorders that was last: a state
-- directory that was made anew has another journal.
select
  recorder.server, recorder.state, max(recorder.heard), recorder.waiting, sum(coalesce(journal.stored, 0))
from recorder
left join journal on journal.uuid = recorder.uuid
group by recorder.server
having max(recorder.heard) >= :since
order by recorder.server
limit :most
