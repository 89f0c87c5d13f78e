-- Visits longer than a day, which are few, by their ends: all others that have a hit in a period have
-- numbers near to it.
create index if not exists visit_long on visit (closed) where closed - opened > 86400;

-- Who is forgotten is found by when they came last: every purge looked through all of them.
create index if not exists past_visitor_by_last on past_visitor (last);
