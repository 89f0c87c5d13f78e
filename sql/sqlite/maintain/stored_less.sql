-- Hits that went are no longer stored.
update journal set stored = stored - :hits
where uuid = (select uuid from journal order by stored desc limit 1)
