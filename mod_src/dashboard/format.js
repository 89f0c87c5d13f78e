// Numbers, times and names as people read them.
import { _, locale } from "./words.js";

const grouped = new Intl.NumberFormat(locale);
const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
const regions = new Intl.DisplayNames([locale], { type: "region", fallback: "code" });
const tongues = new Intl.DisplayNames([locale], { type: "language", fallback: "code" });
const decimals = [0, 1, 2].map((digits) => new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }));

function fixed(value, digits) {
  return decimals[digits].format(value);
}

function scaled(value, step, units) {
  let unit = 0;
  while (value >= step && unit < units.length - 1) {
    value /= step;
    unit++;
  }
  return `${fixed(value, unit && value < 10 ? 1 : 0)} ${units[unit]}`;
}

export function visits(n) {
  return n === 1 ? _("1 visit") : _("{0} visits", grouped.format(n));
}

export function span(seconds) {
  const two = (n) => String(n).padStart(2, "0");
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

// By the column's type, as the answers of the API name it.
export function number(type, value) {
  switch (type) {
    case "bytes": return scaled(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB"]);
    case "took":
    case "micros": return scaled(value, 1000, ["µs", "ms", "s"]);
    case "percent": return `${fixed(value, 1)} %`;
    case "decimal": return fixed(value, 2);
    case "span": return span(value);
    default: return grouped.format(value);
  }
}

export function seconds(value) {
  return fixed(value, 1);
}

// For a figure that is nearly right.
export function within(percent) {
  return _("within {0} %", fixed(percent, 1));
}

export function short(type, value) {
  if (type === "percent") return `${Math.round(value)} %`;
  return (type === "count" || type === "number") && value >= 10000 ? compact.format(value) : number(type, value);
}

// A part of a whole in percent, rounded half up in tenths as the server does.
export function share(part, whole) {
  return Math.floor((part * 2000 + whole) / (whole * 2)) / 10;
}

// What became of a number, in percent; null when there is nothing to compare.
export function change(before, now) {
  return before ? ((now - before) * 100) / before : null;
}

export function changeText(percent) {
  const size = Math.abs(percent);
  return `${percent < 0 ? "−" : "+"}${size >= 1000 ? ">999" : fixed(size, size < 10 ? 1 : 0)} %`;
}

export function country(code) {
  return /^[A-Z]{2}$/.test(code) ? regions.of(code) : code;
}

export function language(tag) {
  try {
    return tag ? tongues.of(tag) : tag;
  } catch {
    return tag; // no tag at all: shown as it was sent
  }
}

// Days whose hits are gone keep what they were counted as.
export function olderRules(answer) {
  return answer.older_rules_until ? _("days before {0} by older rules", answer.older_rules_until.slice(0, 10)) : "";
}

const marks = new Map([
  ["robots.txt", _("asked for robots.txt")],
  ["probe", _("probed for a well-known vulnerability")],
  ["hosting", _("comes from a network that hosts servers")],
  ["no assets", _("five page views or more, but no images, styles or scripts")],
  ["fast", _("more than 30 page views a minute")],
  ["posts", _("three POSTs or more on a day, and no page opened")],
]);

export function markMeans(mark) {
  return marks.get(mark) || "";
}

// --- names that are searched for: the codes that have a part of it ---

const letters = [..."abcdefghijklmnopqrstuvwxyz"];
const known = new Map(); // made once they are searched

function named(names, part, makeCode = (code) => code) {
  if (!known.has(names)) {
    const codes = letters.flatMap((a) => letters.map((b) => makeCode(a + b)));
    known.set(names, codes.map((code) => [code, names.of(code)]).filter(([code, name]) => name !== code));
  }
  return known.get(names).filter(([, name]) => name.toLowerCase().includes(part.toLowerCase())).map(([code]) => code);
}

export function languagesNamed(part) {
  return named(tongues, part);
}

export function countriesNamed(part) {
  return named(regions, part, (code) => code.toUpperCase());
}

// --- times: labels and answers have them in the zone that was asked for ---

export function civil(text) {
  const [, year, month, day, hour, minute] = text.match(/^(\d+)-(\d+)(?:-(\d+))?(?:T(\d+):(\d+))?/);
  return new Date(Date.UTC(+year, month - 1, +(day || 1), +(hour || 0), +(minute || 0)));
}

const utc = (options) => new Intl.DateTimeFormat(locale, { timeZone: "UTC", hourCycle: "h23", ...options });
const formats = {
  day: utc({ day: "numeric", month: "short" }),
  fullDay: utc({ weekday: "short", day: "numeric", month: "short", year: "numeric" }),
  month: utc({ month: "short", year: "numeric" }),
  weekday: utc({ weekday: "short" }),
  hour: utc({ hour: "2-digit", minute: "2-digit" }),
};

export function bucketName(label, by) {
  const date = civil(label);
  if (by === "month") return formats.month.format(date);
  if (by === "hour") return `${formats.fullDay.format(date)}, ${formats.hour.format(date)}`;
  return by === "week" ? _("week of {0}", formats.fullDay.format(date)) : formats.fullDay.format(date);
}

export function tickName(label, by) {
  const date = civil(label);
  if (by === "month") return formats.month.format(date);
  if (by === "hour" && date.getUTCHours()) return formats.hour.format(date);
  return formats.day.format(date);
}

// Of a time in an answer, or some seconds before it: a period ends before its end.
export function date(text, seconds = 0) {
  const [, local] = text.match(/^(\d+-\d+-\d+T\d+:\d+)/) || [];
  return local ? formats.day.format(new Date(+civil(local) + seconds * 1000)) : text;
}

export function weekday(day) {
  return formats.weekday.format(civil(day));
}

export function time(text) {
  const [, local] = text.match(/^(\d+-\d+-\d+T\d+:\d+)/) || [];
  return local ? `${formats.day.format(civil(local))}, ${formats.hour.format(civil(local))}` : text;
}

export function moment(seconds, zone) {
  const at = new Date(seconds * 1000);
  const options = { timeZone: zone, hourCycle: "h23", hour: "2-digit", minute: "2-digit" };
  const days = { timeZone: zone, day: "numeric", month: "short" };
  const date = new Intl.DateTimeFormat(locale, days).format(at);
  const today = new Intl.DateTimeFormat(locale, days).format(new Date());
  const time = new Intl.DateTimeFormat(locale, options).format(at);
  return date === today ? time : `${date}, ${time}`;
}
