// Whether every part of the platform answers.

import { get, list, Problem } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { integer, t } from "../lib/i18n.js";
import { refresh } from "../lib/shell.js";
import { badge, button, empty, head, icon, problemText, section } from "../lib/ui.js";
import { link } from "../lib/router.js";

/** A light request to each service; the gateway answers the first itself. */
const SERVICES = [["gateway", "/healthz", {}], ["entities", "/api/entities", { pageSize: 1 }],
  ["organizations", "/api/organizations", { pageSize: 1 }],
  ["integrations", "/api/integrations", { pageSize: 1 }],
  ["invitations", "/api/v2/workspaces", { pageSize: 1 }]];

export default async function health({ signal }) {
  const [states, hooks] = await Promise.all([
    Promise.all(SERVICES.map(([name, path, query]) => probe(name, path, query, signal))),
    disabledWebhooks(signal)]);
  const isGood = states.every(({ error }) => !error);
  return [
    head(t("health"), { actions: button(t("reload"), refresh),
      badges: badge(t(isGood ? "health.good" : "health.bad"), isGood ? "good" : "bad") }),
    section(t("health.services"), h("ul", { class: "rows", "aria-label": t("health.services") },
      states.map(({ name, error, duration }) => h("li", {},
        h("span", { class: "tile" }, icon(error ? "warn" : "check")),
        h("div", { class: "grow" }, h("p", { class: "strong" }, t(`service.${name}`)),
          h("p", { class: "soft" },
            error ?? t("health.answered", { duration: integer(duration) }))),
        badge(t(error ? "health.down" : "health.up"), error ? "bad" : "good"))))),
    section(t("health.webhooks"), hooks.length ? h("ul", {
      class: "rows", "aria-label": t("health.webhooks") }, hooks.map((one) => h("li", {},
      h("span", { class: "tile" }, icon("hook")), h("div", { class: "grow" },
        h("a", { href: link("webhooks", one.id), class: "strong" }, one.url)),
      badge(t(`webhooks.reason.${one.disabled_reason}`), "bad"))))
      : empty(t("health.webhooks.none"))),
    h("p", { class: "soft" }, t("health.more")),
  ];
}

async function probe(name, path, query, signal) {
  const began = performance.now();
  try {
    await get(path, { query, signal });
    return { name, duration: Math.max(1, Math.round(performance.now() - began)) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { name, error: problemText(error) };
  }
}

async function disabledWebhooks(signal) {
  const { items } = await list("/api/v1/webhooks", { query: { page_size: 100 }, signal })
    .catch((error) => {
      // The services' list says already which one is away.
      if (error instanceof Problem) return { items: [] };
      throw error;
    });
  return items.filter(({ disabled_reason: reason }) => reason);
}
