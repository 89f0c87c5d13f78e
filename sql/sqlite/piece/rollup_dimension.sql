-- A rollup's own key.
hit.key
