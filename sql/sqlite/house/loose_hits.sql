-- Remembers the texts of hits that go.
insert or ignore into temp.loose (kind, id)
select 'agent', hit.agent from temp.member join hit on hit.id = member.id where member.goes
union select 'resource', hit.resource from temp.member join hit on hit.id = member.id where member.goes
union select 'referer', hit.referer from temp.member join hit on hit.id = member.id where member.goes
union select 'searchterms', hit.searchterms from temp.member join hit on hit.id = member.id where member.goes
