-- A session is read by its visits: those of busy sites had all hits of its time looked through.
create index hit_of_visit on hit (visit);
drop index hit_counted;
