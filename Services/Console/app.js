// Starts the console: its views and where they are.

import { onUnauthorized } from "./lib/api.js";
import { loadBrand } from "./lib/brand.js";
import { loadTexts } from "./lib/i18n.js";
import { comeBack } from "./lib/provider.js";
import { route } from "./lib/router.js";
import { adopt, onEnd } from "./lib/session.js";
import { show, signInAgain } from "./lib/shell.js";
import { clearToasts } from "./lib/ui.js";

route("/", () => import("./views/home.js"));
for (const [base, name] of [["entities", "entity"], ["integrations", "integration"],
  ["workspaces", "workspace"]]) {
  route(`/${base}/:id/:tab?`, async () => {
    const [{ viewOf }, { load }] = await Promise.all(
      [import("./views/thing.js"), import(`./things/${name}.js`)]);
    return { default: viewOf(load) };
  });
}

route("/invitations", () => import("./views/received.js"));
route("/organizations", () => import("./views/organizations.js"));
route("/organizations/:id/:tab?", () => import("./views/organization.js"));
route("/teams", () => import("./views/teams.js"));
route("/teams/:id", () => import("./views/team.js"));
route("/webhooks", () => import("./views/webhooks.js"));
route("/webhooks/:id", () => import("./views/webhook.js"));
route("/webhooks/:id/deliveries/:event", () => import("./views/delivery.js"));
route("/account", () => import("./views/account.js"));
for (const name of ["users", "tokens", "events", "audit", "health"]) {
  route(`/admin/${name}`, () => import(`./views/${name}.js`));
}
route("/admin/users/:id/:tab?", () => import("./views/user.js"));

onUnauthorized(() => signInAgain());
onEnd(() => signInAgain());
addEventListener("hashchange", () => {
  clearToasts();
  show();
});

await Promise.all([loadTexts(), loadBrand(), adopt()]);
await show(await comeBack());
