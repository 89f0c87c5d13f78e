-- Writes from the first statement on, or fails at once: nobody else writes meanwhile.
begin immediate
