-- Which program the file belongs to.
pragma application_id = {number}
