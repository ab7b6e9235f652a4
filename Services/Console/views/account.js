// The caller's account: e-mails, sessions and API tokens.

import { patch, remove } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { check, checkbox } from "../lib/forms.js";
import { t } from "../lib/i18n.js";
import { can, currentToken, session } from "../lib/session.js";
import { refresh } from "../lib/shell.js";
import { attempt, badge, button, confirm, copyable, head, section, toast } from "../lib/ui.js";
import { createToken, sessionRows, tokenRows } from "./credentials.js";

export default async function account({ signal }) {
  const { me } = session;
  const canChange = can("tokens:write");
  return [
    head(t("account"), { badges: me.role === "admin" ? badge(t("role.admin"), "accent") : null }),
    h("p", { class: "soft facts" }, h("span", {}, me.displayName), h("span", {}, me.email),
      h("span", {}, `@${me.username}`), copyable(me.id)),
    section(t("account.emails"), mailSwitch()),
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

/** Changes at once, like every switch. */
function mailSwitch() {
  const { me } = session;
  const box = checkbox(me.emailNotifications, {
    role: "switch", disabled: me.readOnly, onchange: async () => {
      const isDone = await attempt(box, async () => {
        session.me = await patch("/api/me", { emailNotifications: box.checked });
      });
      if (isDone) toast(t("saved"));
      box.checked = session.me.emailNotifications;
    },
  });
  return check(t("account.notifications"), box, t("account.notifications.hint"));
}
