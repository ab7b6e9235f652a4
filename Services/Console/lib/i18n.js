// The texts of one language, and dates and numbers as it writes them.

export const languages = { en: "English", de: "Deutsch", fr: "Français", es: "Español" };

const KEY = "latchkey.language";
let texts = {};
export let language = "en";

/** Loads the chosen language, or the first of the browser's that there is. */
export async function loadTexts(choice) {
  const wanted = [choice, localStorage.getItem(KEY), ...navigator.languages, "en"];
  language = wanted.map((tag) => tag?.slice(0, 2).toLowerCase())
    .find((tag) => Object.hasOwn(languages, tag));
  if (choice) localStorage.setItem(KEY, language);
  texts = (await import(`../texts/${language}.js`)).default;
  document.documentElement.lang = language;
  formats.clear();
}

/** A text, with its `{names}` replaced. */
export function t(key, values = {}) {
  return parts(key, values).join("");
}

/** The text for a count: `key.one` or `key.other`. */
export function tn(key, count, values = {}) {
  const form = format("plural", () => new Intl.PluralRules(language)).select(count);
  const plural = Object.hasOwn(texts, `${key}.${form}`) ? form : "other";
  return t(`${key}.${plural}`, { count: integer(count), ...values });
}

/** A text in parts, for `{names}` that are elements. */
export function parts(key, values = {}) {
  const text = texts[key];
  if (text === undefined) throw new Error(`no text ${key}`);
  return text.split(/\{(\w+)\}/).map((part, index) => (index % 2 ? values[part] ?? "" : part))
    .filter((part) => part !== "");
}

/** Whether there is such a text: for codes of the API that may be newer than the console. */
export function hasText(key) {
  return Object.hasOwn(texts, key);
}

/** The text of a value of the API such as a role; the value itself if it is unknown. */
export function named(kind, value) {
  const key = `${kind}.${value}`;
  return hasText(key) ? t(key) : String(value);
}

/** A problem in the user's language; in the API's words if it isn't known. */
export function codeText({ code, detail }) {
  return hasText(`code.${code}`) ? t(`code.${code}`) : detail;
}

const formats = new Map();

function format(name, make) {
  if (!formats.has(name)) formats.set(name, make());
  return formats.get(name);
}

export function integer(value) {
  return format("integer", () => new Intl.NumberFormat(language)).format(value);
}

export function dateTime(value) {
  return format("dateTime", () => new Intl.DateTimeFormat(
    language, { dateStyle: "medium", timeStyle: "short" })).format(new Date(value));
}

export function date(value) {
  return format("date", () => new Intl.DateTimeFormat(language, { dateStyle: "medium" }))
    .format(new Date(value));
}

const UNITS = [["second", 60], ["minute", 60], ["hour", 24], ["day", 7]];

/** "3 hours ago"; the date if it is more than a week away. */
export function ago(value, now = Date.now()) {
  let amount = (new Date(value).getTime() - now) / 1000;
  const relative = format("ago", () => new Intl.RelativeTimeFormat(language, { numeric: "auto" }));
  for (const [unit, size] of UNITS) {
    if (Math.abs(amount) < size) {
      const whole = unit === "second" ? 0 : Math.trunc(amount);
      return relative.format(whole, unit);
    }
    amount /= size;
  }
  return date(value);
}
