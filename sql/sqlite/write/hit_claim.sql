-- Waiting hits: those from a time on came along with a visit, the others are of the rest.
update hit set visit = case when id >= :from << 24 then :visit else :rest end
where id >= :first << 24
  and id < (:until + 1) << 24
  and visit in (:rest, :visit, :was_rest, :was)
