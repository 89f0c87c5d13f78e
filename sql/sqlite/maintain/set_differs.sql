-- The keys of a dimension whose sets of visitors are not those of their rows. Sets have one form, so
-- that their bytes can be compared.
select distinct
  bucket,
  coalesce((select name from site where id = differing.site), site) as site,
  coalesce((select name from robot where id = differing.robot), robot) as robot,
  key
from (
  select * from (
    select bucket, site, robot, key, hashes from temp.recount where hashes is not null
    except
    select bucket, site, robot, key, hashes
    from visitors
    where dimension = :dimension
      and bucket >= :first
      and bucket < :last
  )
  union all
  select * from (
    select bucket, site, robot, key, hashes
    from visitors
    where dimension = :dimension
      and bucket >= :first
      and bucket < :last
    except
    select bucket, site, robot, key, hashes from temp.recount where hashes is not null
  )
) as differing
