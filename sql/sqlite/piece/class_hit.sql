-- Every hit.
true
