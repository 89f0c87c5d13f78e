-- Visits that came from a campaign.
visit.campaign in (select id from campaign where {match})
