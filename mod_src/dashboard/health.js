// The state of the whole: a bar when something is wrong, and the ledger of all hits. A page of some
// sites alone is told no ledger.
import { el, visible } from "./dom.js";
import { ask } from "./api.js";
import * as format from "./format.js";
import { helpLink } from "./help.js";
import { isShown } from "./board.js";
import { go, state, zone } from "./state.js";
import { _, withinWords } from "./words.js";

const count = (n) => format.number("count", n);

const leaksEvery = 60000; // ms
let bar, ledger, opener, stateSaid = "", leaks = 0, leaksDue = 0;

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
  if (waiting.journal) parts.push(waiting.journal === 1 ? _("1 hit is waiting in the journal") : _("{0} hits are waiting in the journal", count(waiting.journal)));
  if (waiting.ring) parts.push(_("{0} in the ring", count(waiting.ring)));
  if (!parts.length) return "";
  return `${parts.join(", ")}. `;
}

// Of several front ends those that have not been heard of lately; who is gone for days is no news.
function silences(health) {
  const long = (seconds) => (seconds < 7200 ? _("{0} minutes", Math.floor(seconds / 60)) : _("{0} hours", Math.floor(seconds / 3600)));
  return (health.recorders || []).filter((one) => one.silent_seconds && one.silent_seconds < 86400 && health.recorders.length > 1)
    .map((one) => `${_("{0} has been silent for {1}.", visible(one.server) || _("a recorder without a name"), long(one.silent_seconds))} `).join("");
}

const titleOf = (health) => (health.ledger ? _("Ledger") : _("State"));

// What only scanners ask for, and what they got: of the sites that this page may show.
async function findLeaks() {
  if (!isShown("leaks") || performance.now() < leaksDue) return;
  leaksDue = performance.now() + leaksEvery;
  leaks = (await ask("leaks", new URLSearchParams({ since: "30d", limit: 1 }))).totals.open;
}

function showBar(health) {
  const gives = leaks ? _("Paths that only scanners ask for, and that are answered: {0}. ", count(leaks)) : "";
  const silent = silences(health) + gives, isWell = health.state === "ok";
  const text = isWell && !silent ? "" : silent + JSON.stringify([health.state, health.since, health.ledger && health.ledger.waiting]);
  if (text === stateSaid) return;
  stateSaid = text;
  bar.className = text ? "bar-state" : "";
  if (!text) {
    bar.replaceChildren();
    return;
  }
  bar.replaceChildren(el("p", {}, silent, isWell ? "" : [el("strong", {}, health.state), health.since ? ` ${_("since {0}", moment(health.since))}. ` : ". ",
    waitingText(health.ledger), `${health.advice.charAt(0).toUpperCase()}${health.advice.slice(1)}.`]),
  helpLink(isWell ? "several" : `states#${health.state}`, isWell ? titleOf(health) : health.state),
  gives ? el("button", { type: "button", class: "link", on: { click: () => go({ view: "machines", since: "28d", until: "", panels: { machines: { tab: "leaks" } } }) } }, _("Leaks")) : "",
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
  return el("table", { class: "ledger" }, el("caption", { class: "unseen" }, _("Ledger of all hits")),
    el("thead", {}, el("tr", {}, [_("Fate"), _("Hits"), _("Which")].map((text, i) => el("th", { scope: "col", class: i === 1 ? "number" : "" }, text)))),
    el("tbody", {}, line(_("seen"), l.seen, _("all requests that httpd answered while capture was on"), true), line(_("stored"), l.stored),
      line(_("waiting"), l.waiting.ring, _("in the ring")), line(_("waiting"), l.waiting.journal, _("in the journal")),
      reasons(_("excluded"), l.excluded), reasons(_("dropped"), l.dropped),
      l.unaccounted ? line(_("open"), l.unaccounted, _("in flight, or lost with the power")) : null));
}

function imports(i) {
  if (!i.lines) return "";
  return [el("h3", {}, _("Imports")), el("p", {}, _("Every line of an imported log has one fate, apart from the hits above.")),
    el("table", { class: "ledger" }, el("caption", { class: "unseen" }, _("Account of imported logs")),
      el("thead", {}, el("tr", {}, [_("Fate"), _("Lines"), _("Which")].map((text, n) => el("th", { scope: "col", class: n === 1 ? "number" : "" }, text)))),
      el("tbody", {}, line(_("lines"), i.lines, _("of all logs"), true), line(_("stored"), i.stored),
        line(_("recorded"), i.recorded, _("by the server itself, already")), line(_("known"), i.known, _("imported before")),
        line(_("old"), i.old, _("of days that have no rows any more")), line(_("rejected"), i.rejected, _("could not be read")),
        reasons(_("excluded"), i.excluded)))];
}

function recorders(all) {
  if (all.length < 2) return "";
  return [el("h3", {}, _("Recorders of this store")),
    el("table", { class: "ledger recorders" }, el("caption", { class: "unseen" }, _("Recorders of this store")),
      el("thead", {}, el("tr", {}, [_("Server"), _("Stored"), _("State")].map((text, n) => el("th", { scope: "col", class: n === 1 ? "number" : "" }, text)))),
      el("tbody", {}, all.map((one) => line(visible(one.server) || "–", one.stored, `${one.state}, ${_("heard {0}", moment(one.heard))}`))))];
}

function facts(health) {
  const bytes = (n) => format.number("bytes", n);
  const pairs = [
    [_("State"), `${health.state}, ${_("since {0}", moment(health.since))}`],
    [_("Lag"), `${format.seconds(health.lag_seconds)} s`],
    ...(health.ledger ? [
      [_("Journal"), _("{0} of {1}", bytes(health.journal.bytes), bytes(health.journal.limit_bytes))],
      [_("Store"), _("{0}, last commit {1} took {2}", bytes(health.store.bytes), moment(health.store.last_commit), format.number("micros", health.store.last_commit_us))],
    ] : [[_("Hits of these sites"), health.stored === null ? "–" : count(health.stored)]]),
    [_("Version"), visible(health.version)],
  ];
  return el("dl", { class: "facts" }, pairs.map(([name, text]) => [el("dt", {}, name), el("dd", {}, text)]));
}

function troubles(areas) {
  const bad = Object.entries(areas).filter(([, area]) => area.state !== "ok");
  return bad.length ? el("ul", {}, bad.map(([name, area]) => el("li", {}, `${name}: ${area.state} ${_("since {0}", moment(area.since))} `, helpLink(`states#${area.state}`, area.state)))) : null;
}

function whole(health) {
  return [el("p", {}, withinWords("Every hit seen has exactly one fate: seen = stored + waiting + excluded + dropped. Times are {0}.", zone())),
    accounts(health.ledger), imports(health.imports), recorders(health.recorders), troubles(health.areas)];
}

function showLedger(health) {
  ledger.replaceChildren(el("section", { class: "card plain", "aria-label": titleOf(health) },
    el("div", { class: "row" }, el("h2", {}, titleOf(health)), el("span", { class: "grow" }),
      helpLink("words-hits#ledger", titleOf(health)), el("button", { type: "button", class: "link", on: { click: () => go({ view: "" }) } }, _("Back to the figures"))),
    health.ledger ? whole(health) : null, facts(health)));
}

export async function loadHealth() {
  const [health] = await Promise.all([ask("status"), findLeaks().catch(() => { leaksDue = 0; })]);
  opener.textContent = titleOf(health);
  showBar(health);
  if (state.view === "ledger") showLedger(health);
}
