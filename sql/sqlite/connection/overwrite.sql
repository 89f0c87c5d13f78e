-- What is deleted is overwritten.
pragma secure_delete = on
