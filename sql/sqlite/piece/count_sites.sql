-- How many sites rows are of.
count(distinct site)
