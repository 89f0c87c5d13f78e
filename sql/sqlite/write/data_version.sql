-- Changes when another connection has committed.
pragma data_version
