-- Stores the hits of the batch.
insert or fail into hit ({hit_columns})
select {hit_columns}
from batch_hit
