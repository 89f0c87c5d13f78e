-- The first search of a visit for its words on the site.
(hit.flags >> 18 & 1) = 1
