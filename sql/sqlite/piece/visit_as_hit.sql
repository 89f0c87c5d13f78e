-- Filters on what all hits of a visit have in common look at the visit, under the names of a hit.
exists (
  select 1
  from (
    select visit.id as visit, visit.site as site, visit.robot as robot, visit.agent as agent
  ) as hit
  where {conditions_of_visit}
)
