-- Which schema the file has.
pragma user_version = {number}
