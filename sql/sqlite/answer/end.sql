-- Nothing was written but temporary tables.
rollback
