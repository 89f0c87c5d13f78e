// The page's words in the reader's language. English stands in the code; a table says what others call it.
import { german } from "./german.js";

const tables = { en: null, de: german };
const spoken = (tag) => tag.split("-")[0];
const asked = new URLSearchParams(location.search).get("lang") || "";

// Some browsers have a locale of the system's here, as en-US@posix, which is no language tag.
function isTag(text) {
  try {
    return Intl.getCanonicalLocales(text).length > 0;
  } catch {
    return false;
  }
}

const preferred = [asked, ...(navigator.languages || [navigator.language || ""])].filter(isTag);

// The address says it, or the first of the browser's languages that there is.
export const language = preferred.map(spoken).find((one) => Object.hasOwn(tables, one)) || "en";
// How numbers and times are written: as in the reader's own country.
export const locale = preferred.find((tag) => spoken(tag) === language && tag !== asked) || language;
export const languages = { en: "English", de: "Deutsch" };

// {0}, {1} … stand for the values.
export function _(text, ...values) {
  const found = (tables[language] && tables[language][text]) || text;
  return found.replace(/\{(\d)\}/g, (place, i) => (i in values ? values[i] : place));
}

// The same where elements stand between the words.
export function withinWords(text, ...nodes) {
  return _(text).split(/\{(\d)\}/).map((part, i) => (i % 2 ? nodes[part] : part));
}
