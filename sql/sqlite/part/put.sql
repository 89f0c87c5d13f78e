-- Hands over what a key adds up to.
insert into temp.part
values (
  :key, :robot, :hits, :pageviews, :errors, :bytes, :visits, :bounces, :duration, :fresh, :visitors
)
