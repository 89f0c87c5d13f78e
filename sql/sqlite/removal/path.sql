-- Hits of a path.
slim_is_removed('', 0, (select resource.name from resource where resource.id = hit.resource), '', 0)
