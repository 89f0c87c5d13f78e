// The state of the whole: a bar when something is wrong, and the ledger of all hits. A page of some
// sites alone is told no ledger.
import { el, visible } from "./dom.js";
import { ask } from "./api.js";
import * as format from "./format.js";
import { go, state, zone } from "./state.js";

const count = (n) => format.number("count", n);

let bar, ledger, opener, stateSaid = "";

export function makeHealth(barPlace, ledgerPlace, button) {
  bar = barPlace;
  ledger = ledgerPlace;
  opener = button;
}

function moment(text) {
  return text ? format.moment(Date.parse(text) / 1000, zone()) : "–";
}

function waitingText(accounts) {
  if (!accounts) return "";
  const { waiting } = accounts, parts = [];
  if (waiting.journal) parts.push(`${count(waiting.journal)} ${waiting.journal === 1 ? "hit is" : "hits are"} waiting in the journal`);
  if (waiting.ring) parts.push(`${count(waiting.ring)} in the ring`);
  if (!parts.length) return "";
  return `${parts.join(", ")}. `;
}

// Of several front ends those that have not been heard of lately; who is gone for days is no news.
function silences(health) {
  const long = (seconds) => (seconds < 7200 ? `${Math.floor(seconds / 60)} minutes` : `${Math.floor(seconds / 3600)} hours`);
  return (health.recorders || []).filter((one) => one.silent_seconds && one.silent_seconds < 86400 && health.recorders.length > 1)
    .map((one) => `${visible(one.server) || "a recorder without a name"} has been silent for ${long(one.silent_seconds)}. `).join("");
}

const titleOf = (health) => (health.ledger ? "Ledger" : "State");

function showBar(health) {
  const silent = silences(health), isWell = health.state === "ok";
  const text = isWell && !silent ? "" : silent + JSON.stringify([health.state, health.since, health.ledger && health.ledger.waiting]);
  if (text === stateSaid) return;
  stateSaid = text;
  bar.className = text ? "bar-state" : "";
  if (!text) {
    bar.replaceChildren();
    return;
  }
  bar.replaceChildren(el("p", {}, silent, isWell ? "" : [el("strong", {}, health.state), health.since ? ` since ${moment(health.since)}. ` : ". ",
    waitingText(health.ledger), `${health.advice.charAt(0).toUpperCase()}${health.advice.slice(1)}.`]),
  el("button", { type: "button", class: "link", on: { click: () => go({ view: "ledger" }) } }, titleOf(health)));
}

// --- the ledger ---

function line(name, number, what, strong) {
  return el("tr", { class: strong ? "strong" : "" }, el("th", { scope: "row" }, name),
    el("td", { class: "number" }, number === null ? "–" : count(number)), el("td", { class: "muted" }, what || ""));
}

function reasons(name, counters) {
  return Object.entries(counters).filter(([, n]) => n > 0).map(([reason, n]) => line(name, n, reason));
}

function accounts(l) {
  return el("table", { class: "ledger" }, el("caption", { class: "unseen" }, "Ledger of all hits"),
    el("thead", {}, el("tr", {}, ["Fate", "Hits", ""].map((text, i) => el("th", { scope: "col", class: i === 1 ? "number" : "" }, text)))),
    el("tbody", {}, line("seen", l.seen, "all requests that httpd answered while capture was on", true), line("stored", l.stored),
      line("waiting", l.waiting.ring, "in the ring"), line("waiting", l.waiting.journal, "in the journal"),
      reasons("excluded", l.excluded), reasons("dropped", l.dropped),
      l.unaccounted ? line("open", l.unaccounted, "in flight, or lost with the power") : null));
}

function imports(i) {
  if (!i.lines) return "";
  return [el("h3", {}, "Imports"), el("p", {}, "Every line of an imported log has one fate, apart from the hits above."),
    el("table", { class: "ledger" }, el("caption", { class: "unseen" }, "Account of imported logs"),
      el("thead", {}, el("tr", {}, ["Fate", "Lines", ""].map((text, n) => el("th", { scope: "col", class: n === 1 ? "number" : "" }, text)))),
      el("tbody", {}, line("lines", i.lines, "of all logs", true), line("stored", i.stored),
        line("recorded", i.recorded, "by the server itself, already"), line("known", i.known, "imported before"),
        line("old", i.old, "of days that have no rows any more"), line("rejected", i.rejected, "could not be read"),
        reasons("excluded", i.excluded)))];
}

function recorders(all) {
  if (all.length < 2) return "";
  return [el("h3", {}, "Recorders of this store"),
    el("table", { class: "ledger recorders" }, el("caption", { class: "unseen" }, "Recorders of this store"),
      el("thead", {}, el("tr", {}, ["Server", "Stored", ""].map((text, n) => el("th", { scope: "col", class: n === 1 ? "number" : "" }, text)))),
      el("tbody", {}, all.map((one) => line(visible(one.server) || "–", one.stored, `${one.state}, heard ${moment(one.heard)}`))))];
}

function facts(health) {
  const bytes = (n) => format.number("bytes", n);
  const pairs = [
    ["State", `${health.state}, since ${moment(health.since)}`],
    ["Lag", `${health.lag_seconds.toFixed(1)} s`],
    ...(health.ledger ? [
      ["Journal", `${bytes(health.journal.bytes)} of ${bytes(health.journal.limit_bytes)}`],
      ["Store", `${bytes(health.store.bytes)}, last commit ${moment(health.store.last_commit)} took ${format.number("micros", health.store.last_commit_us)}`],
    ] : [["Hits of these sites", health.stored === null ? "–" : count(health.stored)]]),
    ["Version", visible(health.version)],
  ];
  return el("dl", { class: "facts" }, pairs.map(([name, text]) => [el("dt", {}, name), el("dd", {}, text)]));
}

function troubles(areas) {
  const bad = Object.entries(areas).filter(([, area]) => area.state !== "ok");
  return bad.length ? el("ul", {}, bad.map(([name, area]) => el("li", {}, `${name}: ${area.state} since ${moment(area.since)}`))) : null;
}

function whole(health) {
  return [el("p", {}, "Every hit seen has exactly one fate: seen = stored + waiting + excluded + dropped. Times are ", zone(), "."),
    accounts(health.ledger), imports(health.imports), recorders(health.recorders), troubles(health.areas)];
}

function showLedger(health) {
  ledger.replaceChildren(el("section", { class: "card plain", "aria-label": titleOf(health) },
    el("div", { class: "row" }, el("h2", {}, titleOf(health)), el("span", { class: "grow" }),
      el("button", { type: "button", class: "link", on: { click: () => go({ view: "" }) } }, "Back to the figures")),
    health.ledger ? whole(health) : null, facts(health)));
}

export async function loadHealth() {
  const health = await ask("status");
  opener.textContent = titleOf(health);
  showBar(health);
  if (state.view === "ledger") showLedger(health);
}
