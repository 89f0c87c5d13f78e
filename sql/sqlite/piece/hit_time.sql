-- The time that a hit took, as far as sums of it fit: a log may say anything.
min(hit.duration_us, 17592186044416)
