/// What a parameter of a path is the id of, by its name; `id` by the segment before it.
package struct PathID: Sendable {
    /// How the ids begin; nil if they have no prefix.
    package let prefix: String?
    package let noun: String
    /// nil: these things have no external ids.
    package let names: Named?

    private init(_ prefix: String?, _ noun: String, _ names: Named? = nil) {
        self.prefix = prefix
        self.noun = noun
        self.names = names
    }

    private static let known: [String: PathID] = [
        "entityId": entity, "entities": entity, "userId": user, "users": user,
        "username": PathID(nil, "a user", .username),
        "principalId": PathID(nil, "a principal", .principal),
        "organizations": PathID("org_", "an organization", .organization),
        "integrations": PathID("int_", "an integration", .integration),
        "teams": PathID(nil, "a team", .team),
        "workspaceId": PathID(nil, "a workspace", .workspace),
        "operations": PathID("opr_", "an operation"),
        "tokens": PathID("tok_", "a token"), "tokenId": PathID("tok_", "a token"),
        "shareId": PathID("shr_", "a share"), "publicationId": PathID("pub_", "a publication"),
        "roleId": PathID("rol_", "a role"), "invId": PathID("inv_", "an invitation"),
        "webhooks": PathID("whk_", "a webhook"), "eventId": PathID("evt_", "an event"),
    ]
    private static let entity = PathID("ent_", "an entity", .entity)
    private static let user = PathID("usr_", "a user", .user)

    /// One for each parameter, in the order of the path; nil where it is none of these.
    package static func all(in path: String) -> [PathID?] {
        let segments = path.split(separator: "/").map(String.init)
        return segments.indices.filter { segments[$0].hasPrefix("{") }.map { index in
            let name = String(segments[index].dropFirst().dropLast())
            return known[name == "id" && index > 0 ? segments[index - 1] : name]
        }
    }

    /// Whether a value begins as the id of any kind does.
    package static func isID(_ value: String) -> Bool {
        known.values.contains { $0.prefix.map(value.hasPrefix) ?? false }
    }
}
