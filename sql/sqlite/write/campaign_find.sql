-- The number of a campaign.
select id
from campaign
where name = :name
  and medium = :medium
  and term = :term
  and content = :content
