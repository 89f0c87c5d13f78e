-- The name has the value of a filter in it, whatever the case.
instr(lower(name), lower(:value{index})) > 0
