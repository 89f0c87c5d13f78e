/* The status block (slim_ring_write_status, slim_ring_read_status): a sequence number that is odd while
 * the words are written. Its writer is killed at any step, and the next one writes over what it left.
 * A reader never takes words of two writings for one. */
#ifndef WRITINGS
#define WRITINGS 4
#endif
#ifndef KILLS
#define KILLS 2
#endif
#define WORDS 3

byte sequence, word[WORDS];
byte written; /* the last writing that was begun */
byte kills;

proctype Writer() {
  byte odd, i;
  do
  :: written < WRITINGS ->
     written++;
#ifdef ALWAYS_NEXT
     odd = sequence + 1; /* even, when the last writer was killed within */
#else
     odd = sequence | 1;
#endif
     sequence = odd;
     for (i : 0 .. WORDS - 1) {
       word[i] = written;
       if :: kills < KILLS -> kills++; goto die :: true fi
     }
     sequence = odd + 1
  :: else -> break
  od;
  goto end;
die:
  run Writer();
end:
  skip
}

proctype Reader() {
  byte before, copy[WORDS], i, last;
  byte tries;
  do
  :: tries < 3 ->
     tries++;
     before = sequence;
     for (i : 0 .. WORDS - 1) { copy[i] = word[i] }
     if
     :: before != 0 && before % 2 == 0 && sequence == before ->
        assert(copy[0] == copy[1] && copy[1] == copy[2]);
        assert(copy[0] >= last);
        last = copy[0]
     :: else
     fi
  :: else -> break
  od
}

init { atomic { run Writer(); run Reader() } }
