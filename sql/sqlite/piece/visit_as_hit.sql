-- What is the same for all hits of a visit is asked of the visit, under the names of a hit.
exists (
  select 1
  from (
    select visit.id as visit, visit.site as site, visit.robot as robot, visit.agent as agent
  ) as hit
  where {conditions_of_visit}
)
