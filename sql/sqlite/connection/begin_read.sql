-- One snapshot for all statements of a question.
begin
