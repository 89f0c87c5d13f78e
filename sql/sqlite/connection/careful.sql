-- What any connection of ours is careful about.
pragma cell_size_check = on;
pragma temp_store = memory
