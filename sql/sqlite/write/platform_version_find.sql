-- The number of a version of a platform.
select id
from platform_version
where platform = :of
  and version = :version
