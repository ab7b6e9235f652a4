// Names of users and organizations, by id. The API has no look-up of users for everyone, so names
// come from what the views have loaded; platform admins can look up the others.

import { api, get, list } from "./api.js";
import { isAdmin, session } from "./session.js";

const people = new Map();
const asked = new Map();
let organizations;

/** Remembers people of a response: `{id | userId | user_id, email, displayName | display_name}`. */
export function learn(...found) {
  for (const one of found.flat()) {
    const id = one?.id ?? one?.userId ?? one?.user_id;
    if (!id?.startsWith("usr_")) continue;
    const known = people.get(id) ?? {};
    people.set(id, {
      id, email: one.email ?? known.email, username: one.username ?? known.username,
      name: one.displayName ?? one.display_name ?? known.name ?? id,
    });
  }
}

/** A user's name; "You" is left to the caller. The id of a user who isn't known. */
export function nameOf(id) {
  return people.get(id)?.name ?? id;
}

export const person = (id) => people.get(id);
export const isMe = (id) => id !== undefined && id === session.me?.id;

/** People whose name or address has a text, for suggestions. */
export function suggest(text, limit = 6) {
  const words = text.trim().toLowerCase();
  if (words === "") return [];
  return [...people.values()].filter(({ id, name, email }) => email && !isMe(id)
    && (name.toLowerCase().includes(words) || email.toLowerCase().includes(words))).slice(0, limit);
}

/** Looks up unknown ids, where the caller can. */
export async function lookUp(ids, signal) {
  if (!isAdmin()) return;
  const unknown = [...new Set(ids)].filter((id) => id?.startsWith("usr_") && !people.has(id));
  await Promise.all(unknown.slice(0, 50).map((id) => {
    if (!asked.has(id)) {
      const reply = get(api`/api/users/${id}`, { signal, quiet: true }).then(learn)
        .catch(() => asked.delete(id));
      asked.set(id, reply);
    }
    return asked.get(id);
  }));
}

/** The caller's organizations, once. */
export async function myOrganizations(signal) {
  organizations ??= await list("/api/organizations", { query: { pageSize: 100 }, signal })
    .then(({ items }) => items);
  return organizations;
}

export function forgetOrganizations() {
  organizations = undefined;
}

/** Learns the members of the caller's organizations, so that they are suggested. */
export async function learnColleagues(signal) {
  const mine = await myOrganizations(signal);
  await Promise.all(mine.slice(0, 5).map(({ id }) => list(
    api`/api/organizations/${id}/members`, { query: { pageSize: 100 }, signal, quiet: true },
  ).then(({ items }) => learn(items)).catch(() => {})));
}

export function forgetPeople() {
  people.clear();
  asked.clear();
  forgetOrganizations();
}
