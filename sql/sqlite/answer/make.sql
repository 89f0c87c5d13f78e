-- All rows of a report, before they are searched, added up, sorted and cut.
create temp table answer as
{report}
