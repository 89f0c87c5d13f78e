-- The name contains the value of a filter, ignoring case.
instr(lower(name), lower(:value{index})) > 0
