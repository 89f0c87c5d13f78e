-- Ends what savepoint.sql began.
release answer
