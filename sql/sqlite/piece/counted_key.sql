-- The key of a row, null where others count it and this question does not.
case when {counted} then {key} end
