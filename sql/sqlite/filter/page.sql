-- Hits of a page: its resource without tracking parameters.
hit.resource in (select id from resource where page in (select id from page where {match}))
