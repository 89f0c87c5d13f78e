-- Adds to an entry of a dictionary what was not known when it was made.
update {table} set {column} = :number
where id = :id
  and {column} = 0
