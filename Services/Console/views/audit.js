// The audit of the platform, with filters, and as CSV.

import { list } from "../lib/api.js";
import { details, sentence, usersOf } from "../lib/audit.js";
import { download, h, put } from "../lib/dom.js";
import { integer, t } from "../lib/i18n.js";
import { lookUp, nameOf } from "../lib/people.js";
import { remember } from "../lib/router.js";
import { refresh } from "../lib/shell.js";
import { attempt, button, empty, field, head, pages, when } from "../lib/ui.js";

const FILTERS = ["actorId", "entityId", "organizationId", "integrationId", "workspaceId"];
const MAXIMUM = 10_000;

export default async function audit({ query, signal }) {
  const filter = {};
  for (const key of [...FILTERS, "from", "to"]) if (query[key]) filter[key] = query[key];
  const sent = { ...filter };
  for (const key of ["from", "to"]) {
    if (sent[key]) sent[key] = new Date(sent[key]).toISOString();
  }
  const load = (page, pageSize) => list("/api/audit", {
    query: { ...sent, page, pageSize }, signal });
  return [
    head(t("audit"), { lead: t("audit.text"), actions: csvButton(load) }),
    // On a phone the entries come first, unless there is a filter.
    h("details", { class: "panel filter",
      open: Object.keys(filter).length > 0 || matchMedia("(min-width: 861px)").matches },
    h("summary", {}, t("filter")), form(filter)),
    await pages(async (page, pageSize) => {
      const result = await load(page, pageSize);
      await lookUp(usersOf(result.items), signal);
      return result;
    }, (entry) => h("li", {}, h("div", { class: "grow" }, h("p", {}, sentence(entry)),
      h("p", { class: "soft" }, entry.action, entry.parent
        ? [" · ", h("code", {}, entry.parent.id)] : null), details(entry)),
    h("span", { class: "soft when" }, when(entry.at))),
    { caption: t("audit"), whenEmpty: empty(t("nothing.found")) }),
  ];
}

function form(filter) {
  const inputs = Object.fromEntries([...FILTERS.map((key) => [key, h("input", {
    value: filter[key] ?? "", spellcheck: "false", autocapitalize: "none" })]),
  ...["from", "to"].map((key) => [key, h("input", {
    type: "datetime-local", value: filter[key] ?? "" })])]);
  return h("form", {
    class: "grid", novalidate: true, onsubmit: (event) => {
      event.preventDefault();
      remember(Object.fromEntries(Object.entries(inputs).map(([key, { value }]) =>
        [key, value.trim()])));
      refresh();
    },
  }, Object.entries(inputs).map(([key, input]) => field(t(`audit.${key}`), input)),
  h("div", { class: "actions" }, h("button", { class: "button first" }, t("filter")),
    button(t("filter.clear"), () => {
      remember({});
      refresh();
    })));
}

const COLUMNS = ["at", "actorId", "actor", "actingId", "action", "subjectType", "subjectId",
  "parentType", "parentId", "tokenId", "requestId", "before", "after", "id"];

function csvButton(load) {
  const act = button(t("audit.csv"), () => attempt(act, async () => {
    const entries = [];
    let total = 1;
    for (let page = 1; entries.length < Math.min(total, MAXIMUM); page += 1) {
      const result = await load(page, 100);
      if (result.items.length === 0) break;
      ({ total } = result);
      entries.push(...result.items);
      await lookUp(result.items.map(({ actorId }) => actorId));
      put(act, t("audit.csv.progress", { count: integer(entries.length), total: integer(
        Math.min(total, MAXIMUM)) }));
    }
    download("audit.csv", "text/csv", csv(entries));
    put(act, t("audit.csv"));
  }));
  return act;
}

function csv(entries) {
  const rows = entries.map((entry) => COLUMNS.map((column) => ({
    ...entry, actor: entry.actorId ? nameOf(entry.actorId) : "", subjectType: entry.subject.type,
    subjectId: entry.subject.id, parentType: entry.parent?.type, parentId: entry.parent?.id,
    before: entry.before && JSON.stringify(entry.before),
    after: entry.after && JSON.stringify(entry.after),
  }[column] ?? "")));
  return [COLUMNS, ...rows].map((row) => row.map(cell).join(",")).join("\r\n");
}

/** Quoted (RFC 4180); text that a spreadsheet would take for a formula stays text. */
function cell(value) {
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
