-- What is wrong with the file, page by page.
select quick_check
from pragma_quick_check
