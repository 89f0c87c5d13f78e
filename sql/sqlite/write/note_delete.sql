-- Forgets a note.
delete from note
where id = :number
