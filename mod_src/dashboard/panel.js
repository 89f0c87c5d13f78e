// A panel: tabs, a table that can be sorted, searched and paged, and the same rows as CSV and JSON.
import { el, icon, visible } from "./dom.js";
import { ask, makeTurns, table, wasAbandoned } from "./api.js";
import * as format from "./format.js";
import { changePanel, filterOn, isFilteredBy, mayFilter, panelState, readsHits, replaceFilter, state, toggleFilter, words, zone } from "./state.js";
import { valueName } from "./head.js";
import { helpLink } from "./help.js";
import { hasCourse, sparkline } from "./sparkline.js";
import { _ } from "./words.js";

const heads = {
  pageviews: _("Views"), visitors: _("Visitors"), visits: _("Visits"), hits: _("Hits"), bytes: _("Size"), errors: _("Errors"),
  bounce_rate: _("Bounce"), duration: _("Duration"), clients: _("Clients"), people: _("People"), p50_us: _("Median"), p90_us: "90 %", slowest_us: _("Slowest"),
  conversions: _("Conversions"), conversion_rate: _("Rate"), step_rate: _("Step rate"), searches: _("Searches"), time_us: _("Time"), error_rate: _("Errors"), robots: _("Robots"), pages: _("Pages"), first_seen: _("First seen"), last_seen: _("Last seen"), addresses: _("Addresses"), status: _("Status"),
  train_pages: _("Training"), index_pages: _("Index"), fetch_pages: _("For people"), reads: _("Read by AI"), landings: _("Landings"), unshown: _("Unshown"), steps: _("Steps"),
};
const abouts = { unshown: _("prefetches that were never shown") };
const other = "(other)";
const pageRows = 10, mostRows = 1000, belowRows = 10;
const typingPause = 300; // ms
const mostSearched = 256;

export function failure(error) {
  if (error.status === 503) return _("not available now: {0}", error.message);
  if (error.status === 401 || error.status === 403) return _("you may not read this any more: sign in again");
  return error.message;
}

// Whether a word that all parts ask with cannot be used: that is told once, and above them.
export function isOfAddress(error) {
  return error.status === 400 && ["since", "until", "tz", "week", "where", "segment"].includes(error.parameter);
}

// --- one row ---

function nameOf(part, row) {
  const text = String(row[part.column]);
  if (part.name) return part.name(text, row);
  return valueName(part.dimension, text);
}

// above: the filter of the row that this one stands below, without which the value says little.
function part(row, one, first, above) {
  const [dimension, asked] = one.filter ? one.filter(row) : [one.dimension, row[one.column]];
  const value = String(asked), name = nameOf(one, row);
  if (!dimension || value === other || !mayFilter(dimension)) {
    return el("span", { class: value === other ? "other" : first ? "" : "muted" }, el("bdi", {}, name));
  }
  const on = filterOn(dimension, value);
  const what = on && on.operator === "=" ? _("leave out") : _("show only");
  return el("button", { type: "button", class: first ? "value" : `value ${one.isBad && one.isBad(row) ? "bad" : "muted"}${one.ofSite ? " of-site" : ""}`, title: `${name} – ${what}`,
    on: { click: () => (one.replaces ? replaceFilter(dimension, value) : toggleFilter(dimension, value, above)) } }, el("bdi", {}, name));
}

// The page itself, on the site that the row names where that is a host's name; a tunnel's port is not the site's.
function pageLink(row, page) {
  const isLocal = /^(localhost|127\..*|\[::1\])$/.test(location.hostname), port = location.port && !isLocal ? `:${location.port}` : "";
  const isHost = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(row.site) && row.site !== location.hostname;
  const origin = isHost ? `${location.protocol}//${row.site}${port}` : location.origin;
  return page.startsWith("/") ? el("a", { class: "open", href: origin + page, target: "_blank", rel: "noopener noreferrer",
    title: _("open this page"), "aria-label": _("open {0}", visible(page)) }, icon("M9 3h4v4M13 3L7 9M11 9v4H3V5h4")) : null;
}

// A point in time is no number.
const measured = (type, value) => (type === "seconds" ? format.moment(value, zone()) : format.number(type, value));

// Those that people see: of some only where there is any.
function numbersOf(tab, answer) {
  return tab.numbers.filter((column) => !(tab.counted || []).includes(column) || answer.totals[column]);
}

// scale: {numbers, most, total, types, course} of the table; at: the row's place; fold: what opens the rows below.
function rowOf(tab, row, scale, at, fold, above) {
  const [main] = scale.numbers, [one] = tab.parts;
  const first = nameOf(one, row);
  const says = (text, each) => text !== "" && !["", first].includes(nameOf(each, row));
  const parts = tab.parts.filter((each) => each === one || says(String(row[each.column]), each));
  const about = one.about && one.about(row[one.column]), page = one.opens && String(row[one.column]);
  const bar = el("span", { class: "bar", "aria-hidden": "true", css: { width: `${scale.most ? (row[main] * 100) / scale.most : 0}%` } });
  const share = scale.total ? el("td", { class: "number share" }, format.number("percent", format.share(row[main], scale.total))) : null;
  const course = scale.course ? sparkline(scale.course, at) : null; // the row is called by its name without it
  return el("tr", { class: above && "below" }, el("th", { scope: "row", class: course && "with-course", "aria-label": course && visible(first) }, bar, el("span", { class: "parts" }, fold,
    parts.map((each) => part(row, each, each === one, above)), page && pageLink(row, page),
    about && el("span", { class: "muted about", title: about }, about)), course),
  scale.numbers.map((column, i) => el("td", { class: i > 1 ? "number extra" : "number" }, measured(scale.types[column], row[column]))), share,
  el("td", { class: "number change" }));
}

// What became of a number since the period before; nothing where there was none.
function showChangeOf(cell, type, before, now) {
  const percent = format.change(before, now);
  cell.textContent = percent === null ? "" : format.changeText(percent);
  cell.title = percent === null ? "" : _("before: {0}", format.number(type, before));
}

export class Panel {
  // tabs: [{report, label, parts: [{column, dimension, name, about, filter, ofSite, isBad}], numbers: [column]}];
  // counted: numbers that are seen where there is any; ofSite: seen where there are several sites; filter: of a row, where it is not dimension and value; below:
  // {report, parts, what}: has each row's own rows; rare: shown when there is anything at all; several: when there are several such; of: shown while all is filtered by this dimension; hint: what is told of rows as these, or false;
  // courses: of the rows are drawn;
  // rowsAtLeast: asked for, though fewer are shown; meant: what else a searched text stands for;
  // draw: instead of a table, searched: the dimension that is searched then; alone: reads hits in a
  // way of its own. options.above: over it; help: the manual's page.
  constructor(id, title, tabs, options = {}) {
    Object.assign(this, { id, title, tabs, options, unfolded: new Map(), comparison: null, beginTurn: makeTurns(), isNewest: () => true });
    this.tabBar = el("div", { class: "tabs", role: "tablist", "aria-label": title });
    this.body = el("div", { class: "body", role: "tabpanel", id: `panel-${id}`, "aria-label": title });
    this.links = el("span", { class: "links" });
    this.more = el("button", { type: "button", class: "link", hidden: true, on: { click: () => this.showMore() } }, _("more"));
    this.note = el("span", { class: "muted note" });
    this.find = el("input", { type: "search", placeholder: _("Search"), "aria-label": _("Search in {0}", title), maxlength: 200, hidden: true,
      on: { change: () => this.searchFor(), input: () => this.searchSoon() } });
    this.node = el("section", { class: `card panel ${options.shape || ""}`, "aria-label": title, "data-panel": id },
      el("div", { class: "row" }, el("h2", {}, title), this.tabBar), this.body,
      el("div", { class: "row foot" }, this.more, this.note, el("span", { class: "grow" }), this.find, this.links, helpLink(options.help, title)));
  }

  get tab() {
    const { tab } = panelState(this.id);
    return this.tabs.find(({ report, below }) => report === tab || (below && below.report === tab)) || this.tabs[0];
  }

  // What is listed: a search looks among the rows below, too.
  get list() {
    return this.search && this.tab.below ? { ...this.tab, ...this.tab.below, below: null } : this.tab;
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

  shownTabs() {
    return this.tabs.filter((tab) => tab === this.tab || !(tab.rare || (tab.of && !isFilteredBy(tab.of))));
  }

  // What only some servers know: whether there was anything at any time.
  async findRare() {
    const isUnknown = (tab) => tab.rare === true;
    await Promise.all(this.tabs.filter(isUnknown).map(async (tab) => {
      const [{ column }] = tab.parts, least = tab.several ? 2 : 1;
      const answer = await ask(tab.report, new URLSearchParams({ since: "all", robots: "on", limit: least, sort: `-${column}` }), true);
      tab.rare = table(answer).filter((row) => row[column]).length < least ? "nothing" : "";
      if (!tab.rare) this.showTabs();
    }));
  }

  showTabs() {
    const tabs = this.shownTabs(), focused = this.tabBar.contains(document.activeElement);
    this.tabBar.hidden = tabs.length < 2;
    this.tabBar.replaceChildren(...tabs.map((tab) => el("button", {
      type: "button", role: "tab", "aria-selected": String(tab === this.tab), "aria-controls": `panel-${this.id}`,
      tabindex: tab === this.tab ? "0" : "-1",
      on: { click: () => this.choose(tab), keydown: (event) => this.onTabKey(event, tab) } }, tab.label)));
    if (focused) this.tabBar.querySelector('[aria-selected="true"]').focus();
  }

  choose(tab) {
    changePanel(this.id, { tab: tab === this.tabs[0] ? "" : tab.report, sort: "", rows: "", search: "" });
  }

  onTabKey(event, tab) {
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!move) return;
    event.preventDefault();
    const tabs = this.shownTabs();
    this.choose(tabs[(tabs.indexOf(tab) + move + tabs.length) % tabs.length]);
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

  // The course of each row comes with the rows. Where hits have to be read they would be read once more.
  askedRows() {
    const asked = this.asked(this.answerRows());
    if (this.list.courses && !readsHits()) asked.set("course", "on");
    return asked;
  }

  answerRows() {
    return Math.max(this.rows, this.tab.rowsAtLeast || 0);
  }

  // --- drawing ---

  head(answer) {
    const sorted = this.sort.slice(1) || this.tab.sorted || this.tab.numbers[0];
    const direction = this.sort[0] === "+" ? "ascending" : "descending";
    const cells = numbersOf(this.tab, answer).map((column, i) => el("th", { scope: "col", class: i > 1 ? "number extra" : "number",
      title: abouts[column], "aria-sort": column === sorted ? direction : undefined },
    el("button", { type: "button", on: { click: () => this.sortBy(column) } },
      (answer.approximate && column === "visitors" ? "≈ " : "") + (heads[column] || column))));
    const share = answer.totals[this.tab.numbers[0]] ? el("th", { scope: "col", class: "number share", title: _("of all: {0}", heads[this.tab.numbers[0]] || this.tab.numbers[0]) }, _("Share")) : null;
    return el("thead", {}, el("tr", {}, el("th", { scope: "col" }, el("span", { class: "unseen" }, this.tab.label)), cells, share,
      el("th", { scope: "col", class: "number change", title: _("against the period before") }, _("Change"))));
  }

  // What all rows come to, those that are not shown, too.
  foot(answer, types) {
    const numbers = numbersOf(this.tab, answer), { totals } = answer, [main] = numbers;
    if (totals.rows < 2 || !numbers.some((column) => column in totals)) return null;
    return el("tfoot", {}, el("tr", {}, el("th", { scope: "row" }, _("Total")),
      numbers.map((column, i) => el("td", { class: i > 1 ? "number extra" : "number" }, column in totals ? format.number(types[column], totals[column]) : "")),
      totals[main] ? el("td", { class: "number share" }) : null, el("td", { class: "number change" })));
  }

  // --- rows below rows ---

  askBelow(tab, value) {
    return ask(tab.below.report, words({ limit: belowRows, sort: this.sort, where: `${tab.parts[0].dimension}=${value}` }));
  }

  // Asked anew when the panel was asked for something else meanwhile.
  async askBelowNow(tab, value) {
    const { isNewest } = this;
    const answer = await this.askBelow(tab, value);
    return isNewest() || tab !== this.tab ? answer : this.askBelowNow(tab, value);
  }

  async toggle(tab, value) {
    try {
      const below = this.unfolded.delete(value) ? null : await this.askBelowNow(tab, value);
      if (tab !== this.tab) return;
      if (below) this.unfolded.set(value, below);
      this.showTable(this.answer);
      const again = [...this.body.querySelectorAll(".fold")].find((one) => one.value === value);
      if (again) again.focus();
    } catch (error) {
      if (!wasAbandoned(error)) this.note.textContent = failure(error);
    }
  }

  fold(value) {
    const { tab } = this;
    if (value === "" || value === other) return el("span", { class: "fold" });
    return el("button", { type: "button", class: "fold", value, "aria-expanded": String(this.unfolded.has(value)),
      "aria-label": _("{0} of {1}", tab.below.what, nameOf(tab.parts[0], { [tab.parts[0].column]: value })), on: { click: () => this.toggle(tab, value) } },
    icon("M6 4l4 4-4 4"));
  }

  rowsBelow(value, scale) {
    const { parts: [{ column, dimension }], below } = this.tab, answer = this.unfolded.get(value);
    if (!answer) return [];
    const tab = { parts: below.parts.filter((one) => one.column !== column) };
    const left = answer.totals.rows - answer.rows.length;
    return [...table(answer).map((row) => rowOf(tab, row, scale, -1, null, { dimension, value })),
      left > 0 ? el("tr", { class: "below" }, el("th", { scope: "row", class: "muted" }, _("and {0} more", format.number("count", left)))) : null];
  }

  rowsOf(row, scale, at) {
    const { list } = this, value = String(row[list.parts[0].column]);
    if (!list.below) return rowOf(list, row, scale, at);
    return [rowOf(list, row, scale, at, this.fold(value)), this.rowsBelow(value, scale)];
  }

  showTable(answer) {
    const rows = table(answer).slice(0, this.rows);
    const types = Object.fromEntries(answer.columns.map((c) => [c.name, c.type]));
    const main = this.tab.numbers[0];
    const most = Math.max(...rows.map((row) => row[main]), 0);
    if (!rows.length) {
      this.body.replaceChildren(el("p", { class: "empty" }, this.search ? _("nothing with this in its name") : _("nothing in this period")));
      return;
    }
    const scale = { numbers: numbersOf(this.tab, answer), most, types, total: answer.totals[main], course: hasCourse(answer) && answer.course };
    const node = el("table", {}, el("caption", { class: "unseen" }, `${this.title}: ${this.tab.label}`), this.head(answer),
      el("tbody", {}, rows.map((row, at) => this.rowsOf(row, scale, at))), this.foot(answer, types));
    const hint = this.tab.hint && this.tab.hint(rows);
    this.body.replaceChildren(node, ...(hint ? [el("p", { class: "hint" }, hint)] : []));
    if (this.comparison) this.showChanges();
  }

  // --- the period before ---

  // It is asked for once the rows are seen. Where hits have to be read that would take as long again.
  isCompared(tab) {
    return state.compare && state.since !== "all" && !readsHits() && Boolean(tab.numbers) && !tab.alone;
  }

  async compare({ isNewest, tab, list }) {
    if (!this.isCompared(tab)) return;
    const asked = this.asked(this.rows);
    asked.set("compare", "previous");
    const answer = await ask(list.report, asked);
    if (!isNewest()) return;
    this.comparison = answer.previous && answer.totals.previous ? { answer, list } : null;
    this.showChanges();
  }

  showChanges() {
    this.body.classList.toggle("compared", this.comparison !== null);
    if (!this.comparison) return;
    const { answer, list } = this.comparison;
    const [main] = list.numbers, { type } = answer.columns.find(({ name }) => name === main);
    const names = answer.columns.filter((column) => column.type === "text").map(({ name }) => name);
    const nameIn = (row) => JSON.stringify(names.map((name) => row[name]));
    const found = new Map(table(answer).map((row, i) => [nameIn(row), { now: row[main], before: answer.previous.rows[i] }]));
    const cells = this.body.querySelectorAll("tbody tr:not(.below) .change"), total = this.body.querySelector("tfoot .change");
    table(this.answer).slice(0, cells.length).forEach((row, i) => {
      const { now, before } = found.get(nameIn(row)) || {};
      showChangeOf(cells[i], type, before && before[main], now);
    });
    if (total && main in answer.totals) showChangeOf(total, type, answer.totals.previous[main], answer.totals[main]);
    this.body.classList.toggle("compared", answer.totals.previous[main] > 0);
  }

  showFoot(answer) {
    const asked = this.asked(mostRows);
    const shown = Math.min(answer.rows.length, this.rows), all = answer.totals.rows;
    this.more.hidden = !(answer.more || answer.rows.length > shown) || this.rows >= mostRows;
    this.note.textContent = all > shown && !this.tab.draw ? _("{0} of {1}", shown, format.number("count", all)) : "";
    if (answer.approximate) this.note.textContent += ` ≈ ${format.within(answer.error_percent)}`;
    if (answer.older_rules_until) this.note.textContent += ` ${format.olderRules(answer)}`;
    const few = all <= this.fewRows && !answer.more && !this.search;
    this.find.hidden = !(this.tab.parts || this.tab.searched) || (few && document.activeElement !== this.find);
    this.links.replaceChildren(
      el("a", { href: `api/${this.list.report}.csv?${asked}`, "aria-label": _("{0} as {1}", this.tab.label, "CSV") }, "CSV"),
      el("a", { href: `api/${this.list.report}?${asked}`, "aria-label": _("{0} as {1}", this.tab.label, "JSON") }, "JSON"));
  }

  async load() {
    this.showTabs();
    if (this.find.value !== this.search && document.activeElement !== this.find) this.find.value = this.search;
    const tab = this.tab, isNewest = this.beginTurn();
    if (tab !== this.asking) this.unfolded.clear();
    Object.assign(this, { asking: tab, isNewest });
    this.body.setAttribute("aria-busy", "true");
    try {
      const open = [...this.unfolded.keys()];
      const [answer, ...below] = await Promise.all([ask(this.list.report, this.askedRows(), readsHits() && !tab.alone),
        ...open.map((value) => this.askBelow(tab, value))]);
      if (!isNewest()) return;
      open.forEach((value, i) => this.unfolded.has(value) && this.unfolded.set(value, below[i]));
      const values = tab.below ? table(answer).map((row) => row[tab.parts[0].column]).filter((value) => this.unfolded.has(value)) : [];
      this.answer = answer;
      const text = JSON.stringify([state.compare, state.week, answer.from, answer.rows, answer.course, answer.totals, answer.filters, this.sort, this.rows, values.map((value) => this.unfolded.get(value).rows)]);
      const isNew = text !== this.shown;
      if (isNew) {
        this.shown = text;
        this.comparison = null;
        this.body.classList.toggle("compared", this.isCompared(tab)); // there will be numbers
        if (tab.draw) this.body.replaceChildren(tab.draw(answer));
        else this.showTable(answer);
      }
      this.showFoot(answer);
      this.node.classList.add("filled"); // as high as what it has; until then as it mostly is
      if (this.options.above) await this.options.above(this, answer);
      await this.findRare();
      if (isNew) await this.compare({ isNewest, tab, list: this.list }).catch(() => { this.shown = ""; }); // next time, then
    } catch (error) {
      if (wasAbandoned(error) || !isNewest()) return;
      this.shown = "";
      this.body.replaceChildren(el("p", { class: "empty" }, isOfAddress(error) ? "" : failure(error)));
      throw error;
    } finally {
      if (isNewest()) this.body.removeAttribute("aria-busy");
    }
  }
}
