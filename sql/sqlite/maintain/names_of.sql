-- What a site and a class of robots are called, or their numbers.
select
  coalesce((select name from site where id = :site), :site),
  coalesce((select name from robot where id = :robot), :robot)
