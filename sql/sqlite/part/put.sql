-- Stores the totals of a key.
insert into temp.part
values (
  :key, :site, :robot, :hits, :pageviews, :errors, :bytes, :visits, :bounces, :duration, :fresh, :unshown,
  :visitors
)
