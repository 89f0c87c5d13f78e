// Asks the server: two questions at once, as many as one of its processes answers.
import { forgetZone } from "./state.js";
import { _ } from "./words.js";

const atOnce = 2;
const waiting = [];
let running = 0;
let current = new AbortController();

export class Refused extends Error {
  constructor(status, answer) {
    super((answer && answer.error) || _("status {0}", status));
    this.status = status;
    this.parameter = answer && answer.parameter;
  }
}

// Forgets all questions: what is asked for has changed.
export function abandon() {
  current.abort();
  current = new AbortController();
  waiting.length = 0;
}

export const wasAbandoned = (error) => error.name === "AbortError";

// For a place of the page that is asked for again while an answer is on its way: each call begins a turn and
// returns what tells whether it is still the newest. Answers may overtake each other.
export function makeTurns() {
  let newest = 0;
  return () => {
    const mine = ++newest;
    return () => mine === newest;
  };
}

// --- answers of a moment ago, for whoever goes back ---

const keptFor = 60000, keptMost = 100;
const kept = new Map();
let takesKept = false;

// What is asked in a call of act may be answered by what is kept.
export function withKept(act) {
  takesKept = true;
  act();
  takesKept = false;
}

function keep(key, answer) {
  kept.delete(key);
  kept.set(key, { answer, at: Date.now() });
  if (kept.size > keptMost) kept.delete(kept.keys().next().value);
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function fetchOnce(path, asked, signal) {
  const text = asked ? `?${asked}` : "";
  let response, answer = null;
  try {
    response = await fetch(`api/${path}${text}`, { signal, headers: { Accept: "application/json" } });
  } catch (error) {
    throw wasAbandoned(error) ? error : new Refused(0, { error: _("the server does not answer") });
  }
  try {
    answer = await response.json();
  } catch (error) {
    if (wasAbandoned(error)) throw error;
  }
  if (response.ok && answer) return answer;
  const refused = new Refused(response.status, answer);
  refused.after = Number(response.headers.get("Retry-After")) || 1;
  throw refused;
}

async function fetchPatiently(path, asked, signal) {
  for (let tries = 0; ; tries++) {
    try {
      return await fetchOnce(path, asked, signal);
    } catch (error) {
      if (error.parameter === "tz" && forgetZone()) {
        asked.set("tz", "UTC");
      } else if (error.status === 503 && error.message === "busy" && tries < 8) {
        // a question that was abandoned goes on for a moment
        await pause(Math.min(error.after * 1000, 100 * 2 ** tries));
      } else {
        throw error;
      }
      if (signal.aborted) throw new DOMException("", "AbortError");
    }
  }
}

// How many answers are awaited, for styles and for whoever waits until the page is at rest.
function tellBusy() {
  setTimeout(() => {
    document.body.dataset.busy = String(running + waiting.length);
  }, 0);
}

// --- several questions in one request ---

// These say which hits are meant. Where hits have to be read, questions about the same ones cost little more than one.
const common = ["since", "until", "tz", "week", "robots", "where", "segment"];
const mostJoined = 24, longestJoined = 6000;

const some = (asked, wanted) => new URLSearchParams([...asked].filter(([name]) => common.includes(name) === wanted));
const hitsOf = ({ asked }) => some(asked, true).toString();

function joined(questions) {
  const words = some(questions[0].asked, true);
  for (const { path, asked } of questions) {
    words.append("report", path);
    some(asked, false).forEach((value, name) => words.append(name, value));
  }
  return words;
}

// The next question, with those that wait and can be asked with it.
function take() {
  const first = waiting.shift(), taken = [first];
  const fits = (one) => taken.length < mostJoined && hitsOf(one) === hitsOf(first)
    && joined([...taken, one]).toString().length < longestJoined;
  if (first.joins) {
    for (const one of waiting.filter((other) => other.joins)) {
      if (fits(one)) taken.push(one);
    }
  }
  for (const one of taken.slice(1)) waiting.splice(waiting.indexOf(one), 1);
  return taken;
}

// What is refused together may be answered alone.
async function askTogether(questions) {
  const { answers } = await fetchPatiently("several", joined(questions), questions[0].signal);
  questions.forEach(({ done }, i) => done(answers[i]));
}

function answer(questions) {
  const [{ path, asked, signal, done, failed }] = questions;
  if (questions.length === 1) return fetchPatiently(path, asked, signal).then(done, failed);
  return askTogether(questions).catch((error) => {
    if (wasAbandoned(error)) questions.forEach((one) => one.failed(error));
    else waiting.unshift(...questions.map((one) => ({ ...one, joins: false })));
  });
}

function next() {
  while (running < atOnce && waiting.length) {
    running++;
    answer(take()).finally(() => {
      running--;
      next();
      tellBusy();
    });
  }
}

// joins: may be asked together with others.
export function ask(path, asked, joins) {
  const key = `${path}?${asked || ""}`, known = takesKept && kept.get(key);
  if (known && Date.now() - known.at < keptFor) return Promise.resolve(known.answer);
  const found = askServer(path, asked, joins);
  if (asked) found.then((one) => keep(key, one), () => {});
  return found;
}

function askServer(path, asked, joins) {
  return new Promise((done, failed) => {
    waiting.push({ path, asked, joins, signal: current.signal, done, failed });
    document.body.dataset.busy = String(running + waiting.length);
    queueMicrotask(next);
  });
}

// Rows as objects, with the answer's own words beside them.
export function table(answer) {
  const names = answer.columns.map((column) => column.name);
  return answer.rows.map((row) => Object.fromEntries(row.map((value, i) => [names[i], value])));
}
