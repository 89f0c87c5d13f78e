-- The texts that rows are searched for, and as they are compared with parts of names.
create temp table searched (
  text text not null,
  lower text not null
)
