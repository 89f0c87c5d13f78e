-- A copy has no log beside it: one file, to be carried about.
pragma journal_mode = delete
