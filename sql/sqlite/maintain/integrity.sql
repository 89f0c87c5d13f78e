-- What is wrong with the file, page by page and index by index.
select integrity_check
from pragma_integrity_check
