-- Hits that went are no longer stored: they are taken from the journals' numbers, as many as these
-- have, since imported hits never were in one.
update journal set stored = max(0, stored - :hits)
where uuid = (select uuid from journal order by stored desc limit 1)
