-- Hits of a class of robots; none: of people.
hit.robot in (select id from robot where {match})
