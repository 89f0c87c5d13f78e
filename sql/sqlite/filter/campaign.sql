-- Hits of visits that a campaign brought.
hit.visit in (select id from visit where campaign in (select id from campaign where {match}))
