-- The account of imports: how many lines of logs there were, and what became of each. And a number for
-- each log: what the recorder had stored already of it bears that number, so that each of its lines is
-- one of those hits, and none is two of its lines.

create table import_account (
  counter text not null primary key,
  value integer not null
) without rowid;

alter table import add column number integer not null default 0;

update import
set number = (
  select count(*)
  from import as other
  where (other.head, other.head_length) <= (import.head, import.head_length)
);

-- Rows did not say whether they were imported. What the recorder stores took some time to be served,
-- and what nearly all logs say nothing of is 0.
update hit
set flags = flags | 1048576
where duration_us = 0
  and exists (select 1 from import);

insert into import_account
select 'lines', coalesce(sum(lines), 0) from import
union all
select 'rejected', coalesce(sum(rejected), 0) from import
union all
select 'stored', min(
  coalesce((select sum(lines) - sum(rejected) from import), 0),
  case
    when exists (select 1 from store where key = 'rows_from') then 9223372036854775807
    else (select count(*) from hit where flags & 1048576)
  end
);

-- Robots that were left out, and rows that were removed since.
insert into import_account
select 'excluded.earlier', sum(case counter when 'lines' then value else -value end)
from import_account;
