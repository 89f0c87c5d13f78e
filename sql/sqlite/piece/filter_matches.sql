-- The name fits the pattern of a goal.
name glob :value{index}
