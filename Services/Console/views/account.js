// The caller's account: sessions and API tokens.

import { remove } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { can, currentToken, session } from "../lib/session.js";
import { refresh } from "../lib/shell.js";
import { badge, button, confirm, copyable, head, section } from "../lib/ui.js";
import { createToken, sessionRows, tokenRows } from "./credentials.js";

export default async function account({ signal }) {
  const { me } = session;
  const canChange = can("tokens:write");
  return [
    head(t("account"), { badges: me.role === "admin" ? badge(t("role.admin"), "accent") : null }),
    h("p", { class: "soft facts" }, h("span", {}, me.displayName), h("span", {}, me.email),
      h("span", {}, `@${me.username}`), copyable(me.id)),
    section(t("sessions"), h("p", { class: "soft hint" }, t("sessions.text")),
      await sessionRows("/api/auth/sessions", canChange, signal),
      canChange && currentToken().startsWith("st_") ? h("div", { class: "more" },
        button(t("sessions.endOthers"), async () => {
          const isDone = await confirm(t("sessions.endOthers"), h("p", {},
            t("sessions.endOthers.text")), t("sessions.endOthers"),
          () => remove("/api/auth/sessions"));
          if (isDone) await refresh();
        })) : null),
    section(t("tokens"), h("p", { class: "soft hint" }, t("tokens.text")),
      canChange ? h("div", { class: "filters" }, button(t("tokens.create"), () => createToken(),
        { kind: "first" })) : null,
      await tokenRows("/api/tokens", canChange, signal)),
  ];
}
