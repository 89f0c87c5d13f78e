-- One snapshot for all that is asked.
begin
