-- The resource of a row.
left join resource on resource.id = {row}.resource
