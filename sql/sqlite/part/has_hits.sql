-- Whether anything happened in a period.
select exists (select 1 from hit where id >= :since and id < :until)
