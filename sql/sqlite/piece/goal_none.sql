-- The form of a goal's row.
select 0 as number, '' as name, 0 as reached, 0 as visitors, 0 as visits
where false
