-- The texts that rows are searched for.
create temp table searched (text text not null)
