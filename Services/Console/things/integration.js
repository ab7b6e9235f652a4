// An integration: its owner, and the users and teams that it is shared with.

import { api, get, list, put, remove } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { learnColleagues, suggest } from "../lib/people.js";
import { can, isAdmin, session } from "../lib/session.js";
import { problemText } from "../lib/ui.js";

export async function load(id, signal) {
  const [integration, owner, teams] = await Promise.all([
    get(api`/api/integrations/${id}`, { signal }),
    get(api`/api/integrations/${id}/owner`, { signal }),
    list("/api/teams", { query: { pageSize: 100 }, signal, quiet: true })
      .then(({ items }) => items),
    learnColleagues(signal),
  ]);
  const { "inf:user": user, "inf:team": team } = owner._embedded;
  const role = team && await roleIn(team.id, signal);
  const isOwner = user?.username === session.me.username;
  const canManage = isOwner || isAdmin() || role === "data-wizard" || role === "admin";
  const thing = {
    kind: "integration", base: "integrations", id: integration.id, name: integration.name,
    text: integration.description, isOwner, owner: user?.displayName ?? team?.name,
    audit: canManage ? { integrationId: integration.id } : null,
    people: (options) => people(thing, { key: owner.id, user, team }, canManage, options),
    share: canManage && can("integration:share") ? sharing(integration.id, teams) : null,
    stores: [],
  };
  thing.manage = {
    path: api`/api/integrations/${integration.id}`,
    canEdit: canManage && can("integration:write"),
    // A team's data wizards manage its integrations; deleting them is for its admins.
    canDelete: (isOwner || isAdmin() || role === "admin") && can("integration:write"),
    canTransfer: isAdmin() && can("integration:changeOwner"),
    owners: () => owners(integration.id, owner.id),
    setOwner: (principal) => {
      const [kind, name] = principal.split(/:(.*)/);
      return put(api`/api/integrations/${integration.id}/owner`,
        kind === "team" ? { teamId: name } : { userId: name });
    },
  };
  return thing;
}

/** The users and teams that it is shared with, but for its owner. */
async function owners(id, owner) {
  const { items } = await list(api`/api/integrations/${id}/shares`, { query: { pageSize: 100 } });
  return items.filter(({ principalId }) => principalId !== owner)
    .map(({ principalId, principal: { name, type } }) =>
      [principalId, type === "team" ? `${name} (${t("team")})` : name]);
}

async function members(team, signal) {
  return list(api`/api/teams/${team}/members`, { query: { pageSize: 100 }, signal, quiet: true })
    .then(({ items }) => items).catch((error) => {
      if (error.name === "AbortError") throw error;
      // The members of a team are for its members.
      return [];
    });
}

async function roleIn(team, signal) {
  return (await members(team, signal)).find(({ username }) => username === session.me.username)
    ?.role;
}

async function people(thing, owner, canManage, { search, signal }) {
  const { items } = await list(api`/api/integrations/${thing.id}/shares`, {
    query: { pageSize: 100 }, signal,
  });
  const found = new Map();
  const add = (username, name, path, more = {}) => {
    const key = `user:${username}`;
    const one = found.get(key) ?? { key, name, detail: `@${username}`, paths: [] };
    one.paths.push(path);
    found.set(key, Object.assign(one, more));
  };
  const addTeam = async (id, name, path) => {
    for (const member of await members(id, signal)) add(member.username, member.displayName, path);
  };
  if (owner.user) {
    add(owner.user.username, owner.user.displayName,
      { way: { key: "owner", name: t("way.owner") }, text: t("why.owns") },
      { level: t("level.owner") });
  } else if (owner.team) {
    const name = owner.team.name;
    await addTeam(owner.team.id, name, {
      way: { key: "owner", name: t("way.owningTeam", { name }) },
      text: t("why.owningTeam", { name }),
    });
  }
  const teams = [];
  for (const share of items) {
    const { principal, accessLevel, principalId } = share;
    const values = { level: accessLevel, name: principal.name };
    const more = {
      level: t("level.number", values), choice: canManage ? levelField(thing, share) : null,
      revoke: canManage ? revoke(thing, share) : null,
    };
    if (principal.type === "user") {
      add(principalId.slice(5), principal.name, {
        way: { key: "direct", name: t("way.direct_share") }, text: t("why.integration", values),
      }, more);
    } else {
      const path = {
        way: { key: principalId, name: t("way.team", values) }, text: t("why.team", values),
      };
      teams.push({ key: principalId, name: principal.name, detail: t("team"), isTeam: true,
        paths: [path], ...more });
      await addTeam(principalId.slice(5), principal.name, path);
    }
  }
  const words = (search ?? "").toLowerCase();
  const all = [...found.values(), ...teams].filter(({ name, detail }) =>
    `${name} ${detail}`.toLowerCase().includes(words));
  for (const one of all) one.level ??= t("level.team");
  return { people: all, next: null, everyone: false };
}

function levelField(thing, share) {
  return {
    value: share.accessLevel, isNumber: true,
    change: (level) => put(api`/api/integrations/${thing.id}/shares/${share.principalId}`,
      { accessLevel: Number(level) }),
  };
}

function revoke(thing, share) {
  return {
    name: share.principal.name, thing: thing.name,
    ends: [t("why.integration", { level: share.accessLevel })], stays: [],
    run: () => remove(api`/api/integrations/${thing.id}/shares/${share.principalId}`),
  };
}

function sharing(id, teams) {
  const options = (text) => [
    ...teams.filter(({ name }) => name.toLowerCase().includes(text.trim().toLowerCase()))
      .map(({ id: team, name }) => ({ value: `team:${team}`, name, detail: t("team") })),
    ...suggest(text).filter(({ username }) => username)
      .map(({ username, name }) => ({ value: `user:${username}`, name, detail: `@${username}` })),
  ];
  return {
    label: t("share.principals"), hint: t("share.principals.hint"), isNumber: true,
    notify: () => true,
    suggest: (text) => (text.trim() === "" ? [] : options(text)),
    check: (text) => /^(user:|team:|@)?[a-z0-9][a-z0-9._-]*$/.test(text),
    async add(principals, level, { notify }) {
      const results = [];
      for (const name of principals) {
        const principal = /^(user|team):/.test(name) ? name : `user:${name.replace(/^@/, "")}`;
        try {
          await put(api`/api/integrations/${id}/shares/${principal}`,
            { accessLevel: Number(level), notify });
          results.push({ name, outcome: "added" });
        } catch (error) {
          if (error.status !== 422) throw error;
          results.push({ name, outcome: "failed", detail: problemText(error) });
        }
      }
      return results;
    },
  };
}

