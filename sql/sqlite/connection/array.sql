-- The rows of an array (mod_src/store/sqlite/base/array.h) as a table.
create table array ({columns})
