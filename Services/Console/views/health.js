// Whether every part of the platform answers, what waits in it, and which webhooks fail.

import { get } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { ago, integer, named, t, tn } from "../lib/i18n.js";
import { refresh } from "../lib/shell.js";
import { badge, button, empty, head, icon, section, who } from "../lib/ui.js";

export default async function health({ signal }) {
  const { services, failingWebhooks: hooks } = await get("/api/health", { signal });
  const isGood = services.every(isWell) && hooks;
  return [
    head(t("health"), { actions: button(t("reload"), refresh),
      badges: badge(t(isGood ? "health.good" : "health.bad"), isGood ? "good" : "bad") }),
    section(t("health.services"), h("ul", { class: "rows", "aria-label": t("health.services") },
      services.map(serviceRow))),
    section(t("health.webhooks"), hooks === null ? empty(t("health.webhooks.unknown"))
      : hooks.length === 0 ? empty(t("health.webhooks.none"))
      : h("ul", { class: "rows", "aria-label": t("health.webhooks") }, hooks.map(hookRow))),
    h("p", { class: "soft" }, t("health.more")),
  ];
}

/** Up, replicated if it should be, and nothing waits for what refuses it. */
function isWell({ status, replication, outboxes }) {
  return status === "up" && replication !== "behind"
    && outboxes.every(({ lastError }) => !lastError);
}

function serviceRow(service) {
  const { name, status, replication, outboxes } = service;
  const waiting = outboxes.filter(({ pending, lastError }) => pending > 0 || lastError);
  return h("li", {},
    h("span", { class: "tile" }, icon(isWell(service) ? "check" : "warn")),
    h("div", { class: "grow" }, h("p", { class: "strong" }, t(`service.${name}`)),
      status !== "up" ? h("p", { class: "soft" }, t("health.unreachable"))
        : waiting.length ? waiting.map((one) => h("p", { class: "soft" }, outboxText(one)))
        : h("p", { class: "soft" }, t("health.waiting.none"))),
    replication && replication !== "off"
      && badge(t(`health.replication.${replication}`), replication === "behind" ? "bad" : "good"),
    badge(t(status === "up" ? "health.up" : "health.down"), status === "up" ? "good" : "bad"));
}

/** "3 e-mails wait, the oldest for 2 hours: the server refused" */
function outboxText({ target, pending, oldest, lastError }) {
  const waiting = target === "mail" ? tn("health.waiting.mails", pending)
    : tn("health.waiting.events", pending,
      { target: target === "subscribers" ? t("health.subscribers") : named("service", target) });
  return [oldest ? t("health.waiting.since", { waiting, time: ago(oldest) }) : waiting, lastError]
    .filter(Boolean).join(": ");
}

function hookRow({ url, ownerId, enabled, disabledReason, failingSince, lastError, pending }) {
  const since = failingSince && t("health.webhooks.since", { time: ago(failingSince) });
  return h("li", {},
    h("span", { class: "tile" }, icon("hook")),
    h("div", { class: "grow" }, h("p", { class: "strong" }, url),
      h("p", { class: "soft" }, who(ownerId)),
      h("p", { class: "soft" },
        [since, lastError, pending > 0 && tn("health.webhooks.pending", pending)]
          .filter(Boolean).join(" · "))),
    badge(disabledReason ? named("webhooks.reason", disabledReason)
      : t(enabled ? "health.webhooks.failing" : "health.webhooks.disabled"), "bad"));
}
