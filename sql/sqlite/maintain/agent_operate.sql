-- Gives a robot its operator and purpose.
update agent
set operator = :operator
where id = :id
