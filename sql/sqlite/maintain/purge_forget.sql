-- Forgets who has not come since a time.
delete from past_visitor
where last < :before
