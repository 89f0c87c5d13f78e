-- The day of a rollup, and its own key.
hit.bucket << 31 | hit.key
