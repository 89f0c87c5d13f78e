-- Safety settings of every connection.
pragma cell_size_check = on;
pragma temp_store = memory
