-- Takes away the hits that go.
delete from hit
where id in (select id from temp.member where goes)
