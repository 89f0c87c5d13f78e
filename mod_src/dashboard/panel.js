// A panel: tabs, a table that can be sorted, searched and paged, and the same rows as CSV and JSON.
import { el } from "./dom.js";
import { ask, table, wasAbandoned } from "./api.js";
import * as format from "./format.js";
import { changePanel, filterOn, panelState, toggleFilter, words } from "./state.js";
import { valueName } from "./head.js";

const heads = {
  pageviews: "Views", visitors: "Visitors", visits: "Visits", hits: "Hits", bytes: "Size", errors: "Errors",
  bounce_rate: "Bounce", duration: "Duration", p50_us: "Median", p90_us: "90 %", slowest_us: "Slowest",
};
const other = "(other)";
const pageRows = 10, mostRows = 1000;
const typingPause = 300; // ms
const mostSearched = 256;

export function failure(error) {
  if (error.status === 503) return `not available now: ${error.message}`;
  if (error.status === 401 || error.status === 403) return "you may not read this any more: sign in again";
  return error.message;
}

// --- one row ---

function nameOf(part, value) {
  const text = String(value);
  if (part.name) return part.name(text);
  return valueName(part.dimension, text);
}

function part(tab, row, one, first) {
  const value = String(row[one.column]);
  const name = nameOf(one, value);
  if (!one.dimension || value === other) {
    return el("span", { class: value === other ? "other" : first ? "" : "muted" }, el("bdi", {}, name));
  }
  const on = filterOn(one.dimension, value);
  const what = on && on.operator === "=" ? "leave out" : "show only";
  return el("button", { type: "button", class: first ? "value" : "value muted", title: `${name} – ${what}`,
    on: { click: () => toggleFilter(one.dimension, value) } }, el("bdi", {}, name));
}

function rowOf(tab, row, most, total, types) {
  const first = nameOf(tab.parts[0], String(row[tab.parts[0].column]));
  const says = (one) => String(row[one.column]) !== "" && String(row[one.column]) !== first;
  const parts = tab.parts.filter((one, i) => i === 0 || says(one));
  const main = tab.numbers[0];
  const bar = el("span", { class: "bar", "aria-hidden": "true", css: { width: `${most ? (row[main] * 100) / most : 0}%` } });
  const share = total ? el("td", { class: "number share" }, `${((row[main] * 100) / total).toFixed(1)} %`) : null;
  return el("tr", {}, el("th", { scope: "row" }, bar, el("span", { class: "parts" }, parts.map((one, i) => part(tab, row, one, i === 0)))),
    tab.numbers.map((column, i) => el("td", { class: i > 1 ? "number extra" : "number" }, format.number(types[column], row[column]))), share);
}

export class Panel {
  // tabs: [{report, label, parts: [{column, dimension, name}], numbers: [column]}]; rowsAtLeast:
  // asked for, though fewer are shown; meant: what else a searched text stands for; draw: instead of
  // a table, searched: the dimension that is searched then. options.above: over the table.
  constructor(id, title, tabs, options = {}) {
    Object.assign(this, { id, title, tabs, options });
    this.tabBar = el("div", { class: "tabs", role: "tablist", "aria-label": title });
    this.body = el("div", { class: "body", role: "tabpanel", id: `panel-${id}`, "aria-label": title });
    this.links = el("span", { class: "links" });
    this.more = el("button", { type: "button", class: "link", hidden: true, on: { click: () => this.showMore() } }, "more");
    this.note = el("span", { class: "muted note" });
    this.find = el("input", { type: "search", placeholder: "Search", "aria-label": `Search in ${title}`, maxlength: 200, hidden: true,
      on: { change: () => this.searchFor(), input: () => this.searchSoon() } });
    this.node = el("section", { class: `card panel ${options.shape || ""}`, "aria-label": title, "data-panel": id },
      el("div", { class: "row" }, el("h2", {}, title), this.tabBar), this.body,
      el("div", { class: "row foot" }, this.more, this.note, el("span", { class: "grow" }), this.find, this.links));
  }

  get tab() {
    return this.tabs.find((tab) => tab.report === panelState(this.id).tab) || this.tabs[0];
  }

  // How many rows are shown.
  get rows() {
    const rows = Number(panelState(this.id).rows);
    return Number.isInteger(rows) && rows > 0 && rows <= mostRows ? rows : this.fewRows;
  }

  get fewRows() {
    return this.tab.rows || pageRows;
  }

  // A column with its direction before it, "" for the report's own order.
  get sort() {
    const sort = panelState(this.id).sort || "";
    return this.tab.numbers && /^[+-]/.test(sort) && this.tab.numbers.includes(sort.slice(1)) ? sort : "";
  }

  get search() {
    return panelState(this.id).search || "";
  }

  showTabs() {
    this.tabBar.hidden = this.tabs.length < 2;
    this.tabBar.replaceChildren(...this.tabs.map((tab) => el("button", {
      type: "button", role: "tab", "aria-selected": String(tab === this.tab), "aria-controls": `panel-${this.id}`,
      tabindex: tab === this.tab ? "0" : "-1",
      on: { click: () => this.choose(tab), keydown: (event) => this.onTabKey(event, tab) } }, tab.label)));
  }

  choose(tab) {
    changePanel(this.id, { tab: tab === this.tabs[0] ? "" : tab.report, sort: "", rows: "", search: "" });
  }

  onTabKey(event, tab) {
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!move) return;
    event.preventDefault();
    this.choose(this.tabs[(this.tabs.indexOf(tab) + move + this.tabs.length) % this.tabs.length]);
    this.tabBar.querySelector('[aria-selected="true"]').focus();
  }

  searchSoon() {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.searchFor(), typingPause);
  }

  // Typing is one step for whoever goes back, not one for each letter.
  searchFor() {
    clearTimeout(this.typing);
    changePanel(this.id, { search: this.find.value, rows: "" }, this.search !== "");
  }

  showMore() {
    changePanel(this.id, { rows: String(Math.min(mostRows, this.rows + 20)) });
  }

  sortBy(column) {
    changePanel(this.id, { sort: this.sort === `-${column}` ? `+${column}` : `-${column}` });
  }

  // The question whose answer is what is shown; limit: for more than that.
  asked(limit) {
    const { searched, meant } = this.tab, { search } = this;
    const texts = search && !searched ? [search, ...(meant ? meant(search) : [])].slice(0, mostSearched) : undefined;
    return words({ limit: limit || this.rows, sort: this.sort, search: texts, where: search && searched ? `${searched}~${search}` : "" });
  }

  answerRows() {
    return Math.max(this.rows, this.tab.rowsAtLeast || 0);
  }

  // --- drawing ---

  head(answer) {
    const sorted = this.sort.slice(1) || this.tab.sorted || this.tab.numbers[0];
    const direction = this.sort[0] === "+" ? "ascending" : "descending";
    const cells = this.tab.numbers.map((column, i) => el("th", { scope: "col", class: i > 1 ? "number extra" : "number",
      "aria-sort": column === sorted ? direction : undefined },
    el("button", { type: "button", on: { click: () => this.sortBy(column) } },
      (answer.approximate && column === "visitors" ? "≈ " : "") + (heads[column] || column))));
    const share = answer.totals[this.tab.numbers[0]] ? el("th", { scope: "col", class: "number share", title: `of all ${(heads[this.tab.numbers[0]] || this.tab.numbers[0]).toLowerCase()}` }, "Share") : null;
    return el("thead", {}, el("tr", {}, el("th", { scope: "col" }, el("span", { class: "unseen" }, this.tab.label)), cells, share));
  }

  showTable(answer) {
    const rows = table(answer).slice(0, this.rows);
    const types = Object.fromEntries(answer.columns.map((c) => [c.name, c.type]));
    const main = this.tab.numbers[0];
    const most = Math.max(...rows.map((row) => row[main]), 0);
    if (!rows.length) {
      this.body.replaceChildren(el("p", { class: "empty" }, this.search ? "nothing with this in its name" : "nothing in this period"));
      return;
    }
    const node = el("table", {}, el("caption", { class: "unseen" }, `${this.title}: ${this.tab.label}`), this.head(answer),
      el("tbody", {}, rows.map((row) => rowOf(this.tab, row, most, answer.totals[main], types))));
    this.body.replaceChildren(node);
  }

  showFoot(answer) {
    const asked = this.asked();
    const shown = Math.min(answer.rows.length, this.rows), all = answer.totals.rows;
    this.more.hidden = !(answer.more || answer.rows.length > shown) || this.rows >= mostRows;
    this.note.textContent = all > shown && !this.tab.draw ? `${shown} of ${format.number("count", all)}` : "";
    if (answer.approximate) this.note.textContent += ` ≈ within ${answer.error_percent.toFixed(1)} %`;
    const few = all <= this.fewRows && !answer.more && !this.search;
    this.find.hidden = !(this.tab.parts || this.tab.searched) || (few && document.activeElement !== this.find);
    this.links.replaceChildren(
      el("a", { href: `api/${this.tab.report}.csv?${asked}`, "aria-label": `${this.tab.label} as CSV` }, "CSV"),
      el("a", { href: `api/${this.tab.report}?${asked}`, "aria-label": `${this.tab.label} as JSON` }, "JSON"));
  }

  async load() {
    this.showTabs();
    if (this.find.value !== this.search && document.activeElement !== this.find) this.find.value = this.search;
    const tab = this.tab;
    this.body.setAttribute("aria-busy", "true");
    try {
      const answer = await ask(tab.report, this.asked(this.answerRows()));
      if (tab !== this.tab) return;
      const text = JSON.stringify([answer.rows, answer.totals, answer.filters, this.sort, this.rows]);
      if (text !== this.shown) {
        this.shown = text;
        if (tab.draw) this.body.replaceChildren(tab.draw(answer));
        else this.showTable(answer);
      }
      if (this.options.above) this.options.above(this, answer);
      this.showFoot(answer);
    } catch (error) {
      if (wasAbandoned(error)) return;
      this.shown = "";
      this.body.replaceChildren(el("p", { class: "empty" }, failure(error)));
      throw error;
    } finally {
      this.body.removeAttribute("aria-busy");
    }
  }
}
