-- Which program the file belongs to, and which schema it has.
select application_id, user_version
from pragma_application_id, pragma_user_version
