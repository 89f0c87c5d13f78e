-- Whether a session that began before a time was divided by older rules.
select exists (
  select 1
  from session
  where began < :before
    and rules < {session_rules}
)
