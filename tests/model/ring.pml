/* One slot of the ring (mod_src/core/ring.h, ring_layout.h): a child pushes records and is killed at
 * any step, its heir takes the slot over, or nobody does; the recorder is killed at any step, and the
 * next one resumes from the journal. Slots share nothing, so one stands for all.
 *
 * What holds whenever all is quiet: a hit whose push returned is in the journal, none is there twice,
 * and seen = drained + excluded + dropped.
 *
 * Memory is sequentially consistent here; where the program's two stores are relaxed and no barrier
 * is between them, they come in either order. What -D makes of it: see run. */
#ifndef SIZE
#define SIZE 3 /* units of room; a record takes one or two */
#endif
#ifndef PUSHES
#define PUSHES 3
#endif
#ifndef CHILD_KILLS
#define CHILD_KILLS 2
#endif
#ifndef RECORDER_KILLS
#define RECORDER_KILLS 2
#endif
#ifndef EXCLUDED
#define EXCLUDED 0 /* hits that another thread of the child leaves out meanwhile */
#endif
#define NOWHERE 255

/* The slot. */
byte head, tail, drained;
byte mark_position[2], mark_records[2];
byte seen, excluded, killed, dropped;

/* Its bytes: at each position, how much room the record there takes, and which hit it is. */
byte span_at[16], hit_at[16];

/* The journal: how far it goes, and how many records it has. */
byte journal_to, journal_records;

/* What is to be true in the end is said in these. */
byte stored[8]; /* how often a hit reached the journal */
bool returned[8];
byte answered, left_out;
byte child_kills, recorder_kills;
byte generation; /* of the child: its threads die together */
byte others;     /* threads that have not ended */
bool finished;
bool deserted;   /* the child was killed, and nobody took the slot over yet */

#define MAYBE_KILLED(kills, most) if :: kills < most -> kills++; goto die :: true fi

/* ring_records_at */
inline records_at(position, records) {
  if
  :: mark_position[0] == position -> records = mark_records[0]
  :: else ->
     if
     :: mark_position[1] == position -> records = mark_records[1]
     :: else -> records = 0
     fi
  fi
}

/* settle_marks: of n records the mark n + 1 mod 2 fits the head, and the other one does not. */
inline settle_marks(position, records, m) {
  m = (records + 1) % 2;
  if
  :: mark_position[m] != position || mark_records[m] != records ->
     mark_records[m] = records;
     mark_position[m] = position
  :: else
  fi;
  m = records % 2;
  if
  :: mark_position[m] == position -> mark_position[m] = NOWHERE
  :: else
  fi
}

/* settle_hits_without_fate */
inline settle_fates(records) {
  if
  :: seen > records + excluded + killed + dropped -> killed = seen - records - excluded - dropped
  :: seen < records + excluded + killed + dropped -> seen = records + excluded + killed + dropped
  :: else
  fi
}

proctype Child() {
  byte at, records, span, m, mine;
  atomic { deserted = false; generation++; mine = generation; at = head; records_at(at, records) }
#ifndef UNSETTLED
  atomic { settle_marks(at, records, m) }
#endif
  atomic { settle_fates(records) }
  if :: left_out < EXCLUDED -> others++; run Other(mine) :: else fi;
  do
  :: answered < PUSHES ->
     if :: span = 1 :: span = 2 fi;
     if
     :: SIZE - (at - tail) >= span ->
        seen++;
        MAYBE_KILLED(child_kills, CHILD_KILLS);
        atomic { span_at[at] = span; hit_at[at] = answered }
        MAYBE_KILLED(child_kills, CHILD_KILLS);
#ifdef ONE_MARK
        m = 0;
#else
        m = records % 2; /* ring_mark_of(records + 1) */
#endif
        records++;
        if
        :: mark_position[m] = at + span;
           MAYBE_KILLED(child_kills, CHILD_KILLS);
           mark_records[m] = records
        :: mark_records[m] = records;
           MAYBE_KILLED(child_kills, CHILD_KILLS);
           mark_position[m] = at + span
        fi;
        MAYBE_KILLED(child_kills, CHILD_KILLS);
        atomic { head = at + span; returned[answered] = true; answered++ }
        at = at + span;
        MAYBE_KILLED(child_kills, CHILD_KILLS)
     :: else ->
        seen++;
        if :: child_kills < CHILD_KILLS -> child_kills++; answered++; goto die :: true fi;
        atomic { dropped++; answered++ }
     fi
  :: else -> break
  od;
  others == 0;
  finished = true;
  goto end;
die:
  atomic { /* who holds the slot's lock is gone: the next may have it */
    generation++;
    deserted = true;
    if :: run Child() :: finished = true fi
  }
end:
  skip
}

/* Another thread of the child: counts beside it, and dies with it. */
proctype Other(byte mine) {
  do
  :: atomic { left_out < EXCLUDED && generation == mine -> left_out++; seen++ }
     if
     :: atomic { generation == mine -> excluded++ }
     :: generation != mine -> break
     fi
  :: left_out >= EXCLUDED || generation != mine -> break
  od;
  others--
}

proctype Recorder() {
  byte from, to, stop, count, before, i;
  /* slim_ring_resume: what the journal has is not taken again */
  atomic {
    if
    :: journal_to > tail && journal_to <= head -> drained = journal_records; tail = journal_to
    :: else
    fi
  }
  do
  :: head > tail ->
     stop = head; from = tail; before = drained; to = from; count = 0;
     atomic { do :: to < stop -> to = to + span_at[to]; count++ :: else -> break od }
     assert(to == stop);
     MAYBE_KILLED(recorder_kills, RECORDER_KILLS);
     atomic { /* a frame is in the journal as a whole, or not at all */
       do
       :: from < to -> stored[hit_at[from]]++; from = from + span_at[from]
       :: else -> break
       od;
       journal_to = to;
       journal_records = before + count
     }
     MAYBE_KILLED(recorder_kills, RECORDER_KILLS);
     drained = before + count;
     MAYBE_KILLED(recorder_kills, RECORDER_KILLS);
     tail = to
#ifndef UNATTENDED
  :: atomic { /* slim_ring_settle, its lock held */
       deserted && head == tail && seen != drained + excluded + killed + dropped ->
       records_at(head, count);
       settle_fates(count)
     }
#endif
  :: finished && head == tail && (!deserted || seen == drained + excluded + killed + dropped) -> break
  od;
  atomic {
    for (i : 0 .. PUSHES - 1) {
      assert(stored[i] <= 1);
      assert(!returned[i] || stored[i] == 1)
    }
    assert(seen == drained + excluded + killed + dropped)
  }
  goto end;
die:
  atomic { run Recorder() }
end:
  skip
}

init {
  atomic {
#ifdef UNSETTLED
    mark_position[1] = 0 /* both marks fit: as a slot was formatted once */
#else
    mark_position[0] = NOWHERE
#endif
#ifdef USED /* a slot that has taken two records, with the mark that fits the head next to be written */
    drained = 2; seen = 2; journal_records = 2;
    mark_position[0] = 0; mark_records[0] = 2; mark_position[1] = NOWHERE;
#endif
    run Child();
    run Recorder()
  }
}
