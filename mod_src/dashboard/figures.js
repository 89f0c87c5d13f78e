// The figures of the period, each with what became of it.
import { el } from "./dom.js";
import { ask, table } from "./api.js";
import * as format from "./format.js";
import { go, state, words } from "./state.js";
import { _ } from "./words.js";

// less: a fall is good news; average: of no visits there is none; beside: what is told with it where there is any.
const figuresShown = [
  { column: "visitors", type: "count", name: _("Visitors") },
  { column: "visits", type: "count", name: _("Visits") },
  { column: "pageviews", type: "count", name: _("Page views"), beside: { column: "unshown", name: _("unshown"), about: _("prefetches that were never shown") } },
  { column: "bounce_rate", type: "percent", name: _("Bounce rate"), less: true, average: true },
  { column: "duration", type: "span", name: _("Visit duration"), average: true },
  { column: "errors", type: "count", name: _("Errors"), less: true },
];

const cards = new Map();
let place, olderDays;

export function makeFigures() {
  place = el("section", { id: "figures", class: "figures", "aria-label": _("Figures of the period"), tabindex: "-1" });
  for (const figure of figuresShown) {
    const value = el("strong", {}, "–");
    const change = el("span", { class: "change" }, "\u00a0");
    const beside = el("span", { class: "beside" });
    const card = el("button", { type: "button", class: "figure", on: { click: () => go({ figure: figure.column }) } },
      el("span", { class: "name" }, figure.name), value, el("span", { class: "under" }, change, beside));
    cards.set(figure, { card, value, change, beside });
    place.append(card);
  }
  olderDays = el("p", { class: "older", hidden: true });
  place.append(olderDays);
  return place;
}

function showChange(node, figure, before, now) {
  const percent = format.change(before, now);
  node.className = "change";
  if (percent === null) {
    node.textContent = now ? _("new") : "\u00a0";
    return;
  }
  const good = figure.less ? percent < 0 : percent > 0;
  node.classList.add(Math.abs(percent) < 0.05 ? "even" : good ? "good" : "bad");
  node.textContent = format.changeText(percent);
  node.title = _("before: {0}", format.number(figure.type, before));
}

export function showChosen() {
  for (const [figure, { card }] of cards) {
    card.setAttribute("aria-pressed", String(figure.column === state.figure));
  }
}

const isThere = (figure, row) => !figure.average || row.visits > 0;

function clearChange(node) {
  node.className = "change";
  node.textContent = "\u00a0";
  node.title = "";
}

function showBeside(node, what, row) {
  const count = what ? row[what.column] : 0;
  node.textContent = count ? `${format.short("count", count)} ${what.name}` : "";
  node.title = count ? `${format.number("count", count)} ${what.about}` : "";
}

// row, before: the figures by their names, of an answer. Before the first hit of all there is nothing to compare with.
export function showFigures(answer, row, earlier) {
  const before = earlier && earlier.hits > 0 ? earlier : null;
  for (const [figure, { value, change, beside }] of cards) {
    const about = answer.approximate && figure.column === "visitors" ? "≈ " : "";
    const has = isThere(figure, row);
    value.textContent = has ? about + (figure.type === "count" ? format.short : format.number)(figure.type, row[figure.column]) : "–";
    value.title = !has ? _("no visits") : format.number(figure.type, row[figure.column])
      + (about ? `, ${format.within(answer.error_percent)}` : "");
    if (before && has && isThere(figure, before)) showChange(change, figure, before[figure.column], row[figure.column]);
    else clearChange(change);
    showBeside(beside, figure.beside, row);
  }
  olderDays.textContent = format.olderRules(answer);
  olderDays.hidden = !olderDays.textContent;
}

// Returns the figures, so that the caller sees whether there is anything at all.
export async function loadFigures() {
  const answer = await ask("overview", words({ compare: state.compare && state.since !== "all" ? "previous" : undefined }));
  const [row] = table(answer);
  showFigures(answer, row, answer.previous && answer.previous.rows[0]);
  return row;
}
