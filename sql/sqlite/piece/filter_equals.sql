-- The name is the value of a filter.
name = :value{index}
