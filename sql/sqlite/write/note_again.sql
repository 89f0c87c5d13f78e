-- What happened on the same day before happened once more.
update note
set
  at = min(at, :at),
  until = max(until, :until),
  times = times + :times,
  hits = hits + :hits
where kind = :kind
  and at >= :at - :at % 86400
  and at < :at - :at % 86400 + 86400
  and site = :site
  and text = :text
