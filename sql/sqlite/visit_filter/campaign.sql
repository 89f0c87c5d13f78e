-- Visits that a campaign brought.
visit.campaign in (select id from campaign where {match})
