-- What a column refers to.
select {column} from {table}
