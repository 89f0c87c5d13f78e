-- What the keys of a dimension refer to.
select key >> {shift} & {mask} from rollup where dimension = {dimension}
