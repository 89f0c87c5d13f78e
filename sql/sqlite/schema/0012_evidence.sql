-- What the kind of a hit was decided by, as codes; 0 for what was stored before this was kept.

alter table hit add column evidence integer not null default 0;
