// Creating an entity, an integration or a workspace.

import { post } from "../lib/api.js";
import { formDialog, textInput } from "../lib/forms.js";
import { t } from "../lib/i18n.js";
import { myOrganizations } from "../lib/people.js";
import { go, link } from "../lib/router.js";
import { can } from "../lib/session.js";
import { choice } from "../lib/ui.js";

const SCOPES = {
  app: "entities:write", service: "entities:write", chat_extension: "entities:write",
  integration: "integration:write", workspace: "workspaces:write",
};

export async function create() {
  const organizations = await myOrganizations();
  const kinds = Object.keys(SCOPES).filter((key) => can(SCOPES[key]));
  const kind = choice(kinds.map((key) => [key, t(`kind.${key}`)]), kinds[0]);
  const organization = choice([["", t("create.personal")],
    ...organizations.map(({ id, name }) => [id, name])], "");
  const made = await formDialog(t("create.thing"), {
    inputs: {
      kind: [t("home.kind"), kind],
      name: [t("name"), textInput("", { maxlength: "200" })],
      description: [t("create.description"), textInput("", { maxlength: "1000" }),
        t("create.description.hint")],
      organizationId: [t("create.organization"), organization, t("create.organization.hint")],
    },
    label: t("create"),
    send: async ({ kind: type, name, description, organizationId }) => {
      const text = description ? { description } : {};
      if (type === "workspace") {
        return { base: "workspaces", ...await post("/api/v2/workspaces", { name }) };
      }
      if (type === "integration") {
        return { base: "integrations", ...await post("/api/integrations", { name, ...text }) };
      }
      return { base: "entities", ...await post("/api/entities", {
        name, type, ...text, ...(organizationId ? { organizationId } : {}) }) };
    },
  });
  if (made) go(link(made.base, made.id));
}
