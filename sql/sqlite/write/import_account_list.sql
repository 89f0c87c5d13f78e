-- What became of the lines of imported logs.
select counter, value
from import_account
