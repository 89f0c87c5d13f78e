-- Deletes titles of pages and sites that are gone: others may get their numbers.
delete from page_title
where page not in (select id from page)
  or site not in (select id from site)
