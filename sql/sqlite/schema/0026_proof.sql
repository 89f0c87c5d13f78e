-- Hits whose robot does not come from where its operator's do (mark 8192): few, and asked for alone. A hit of before is
-- neither proved (4096) nor that.

create index hit_false on hit (id) where marks & 8192;
