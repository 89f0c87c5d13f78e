-- The name is one of the values of a filter.
name in (select value from json_each(:value{index}))
