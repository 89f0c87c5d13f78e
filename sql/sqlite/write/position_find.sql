-- How far a journal was loaded.
select segment, position, record
from journal
where uuid = :uuid
