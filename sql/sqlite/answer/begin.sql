-- Parts of an answer are read at one time, so that they belong together.
begin
