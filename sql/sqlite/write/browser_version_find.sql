-- The number of a version of a browser.
select id
from browser_version
where browser = :of
  and version = :version
