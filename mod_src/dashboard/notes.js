// Notes beside the course of a period: marks in the chart, words in its tip, and a list for keyboards and readers.
import { el, svg, visible } from "./dom.js";
import * as format from "./format.js";
import { _ } from "./words.js";

const noteKindNames = {
  note: _("note"), release: _("release"), restart: _("httpd started or reloaded"), config: _("configuration changed"), outage: _("hits could not be stored"),
  import: _("imported"), purge: _("old hits deleted"), erase: _("hits of a person deleted"), exclude: _("excluded hits deleted"), rules: _("lists changed"), alert: _("alert"),
};
const notedByPeople = ["note", "release"];
const notesInTip = 4;
const hiddenKinds = new Set();
let noted = [], notesOpener, notesPanel, redrawNotes;

const wantedNotes = () => noted.filter((note) => !hiddenKinds.has(note.kind));

// Text is anybody's: it gets in as text alone.
function noteWords({ kind, text, site, times, hits }) {
  const name = noteKindNames[kind] || visible(kind);
  const more = [site && document.body.classList.contains("several-sites") && visible(site), times > 1 && _("{0} times", format.number("count", times)), hits > 0 && _("{0} hits", format.number("count", hits))].filter(Boolean);
  return `${text ? `${notedByPeople.includes(kind) ? "" : `${name}: `}${visible(text)}` : name}${more.length ? ` (${more.join(", ")})` : ""}`;
}

function noteRow(note) {
  const begin = format.time(note.time), end = format.time(note.until);
  return el("li", {}, el("time", { datetime: note.time }, end === begin ? begin : `${begin} – ${end}`), " ",
    el("span", { class: notedByPeople.includes(note.kind) ? "said" : "" }, noteWords(note)));
}

function toggleKind(kind) {
  if (!hiddenKinds.delete(kind)) hiddenKinds.add(kind);
  showNotes();
  redrawNotes();
}

function noteKinds() {
  const all = [...new Set(noted.map((note) => note.kind))];
  return all.length < 2 ? null : el("div", { class: "kinds", role: "group", "aria-label": _("Kinds of notes") }, all.map((kind) => el("button", {
    type: "button", class: "ask", "aria-pressed": String(!hiddenKinds.has(kind)), on: { click: () => toggleKind(kind) } }, noteKindNames[kind] || visible(kind))));
}

function showNotes() {
  const at = document.activeElement, index = at && notesPanel.contains(at) ? [...notesPanel.querySelectorAll("button")].indexOf(at) : -1;
  notesOpener.hidden = noted.length === 0;
  notesOpener.textContent = _("Notes: {0}", format.number("count", noted.length));
  const list = noteKinds();
  notesPanel.replaceChildren(...[list, el("ul", { class: "notes" }, wantedNotes().map(noteRow).reverse())].filter(Boolean));
  if (index >= 0) notesPanel.querySelectorAll("button")[index].focus();
}

// The button that opens the list, and the list.
export function makeNotes(draw) {
  redrawNotes = draw;
  notesPanel = el("div", { class: "told unseen", tabindex: "0", role: "region", "aria-label": _("Notes") });
  notesOpener = el("button", { type: "button", class: "link", hidden: true, "aria-pressed": "false", on: { click: () => {
    const isUnseen = notesPanel.classList.toggle("unseen");
    notesOpener.setAttribute("aria-pressed", String(!isUnseen));
  } } });
  return [notesOpener, notesPanel];
}

// place: of a time among the buckets, -1: it is outside.
export function takeNotes(notes, place) {
  noted = (notes || []).map((note) => ({ ...note, at: Math.max(0, place(note.time)) }));
  showNotes();
}

export const notesAt = (i) => {
  const some = wantedNotes().filter((note) => note.at === i);
  return [...some.slice(0, notesInTip).map((note) => el("span", { class: "muted" }, `▲ ${noteWords(note)}`)),
    some.length > notesInTip ? el("span", { class: "muted" }, _("and {0} more", some.length - notesInTip)) : null];
};

// One mark where there are any; those by people stand out.
export function noteMarks(x, bottom) {
  const places = new Map();
  for (const note of wantedNotes()) places.set(note.at, places.get(note.at) || notedByPeople.includes(note.kind));
  return [...places].map(([i, isSaid]) => svg("path", { class: isSaid ? "noted said" : "noted", d: `M${x(i)} ${bottom - 7}l4.5 7h-9z` }));
}
