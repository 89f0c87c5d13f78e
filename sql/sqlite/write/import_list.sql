-- The access logs that were imported.
select head, head_length, tail, tail_length, position, lines, rejected, first, last, name, number
from import
