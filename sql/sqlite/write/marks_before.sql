-- The marks that hits of a visit before a time have.
select
  exists (select 1 from hit where visit = :visit and id < :until << 24 and marks & 1) * 1
  + exists (select 1 from hit where visit = :visit and id < :until << 24 and marks & 2) * 2
  + exists (select 1 from hit where visit = :visit and id < :until << 24 and marks & 4) * 4
