-- Deletes titles of pages that are gone: another page may get their number.
delete from page_title
where page not in (select id from page)
