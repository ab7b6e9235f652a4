import TestSupport
import Testing

/// Who has access to what, rebuilt from the feed of all events alone, as a receiver would do it.
/// Each fact is a line of text.
struct FeedReplay {
    private(set) var facts: [String: String] = [:]

    var lines: Set<String> { Set(facts.map { "\($0.key) \($0.value)" }) }

    /// All events, from the first on.
    static func events(of stack: LiveStack, type: String = "*") async throws -> [JSONValue] {
        var events: [JSONValue] = []
        var after = 0
        while true {
            let page = try await stack.api.call(
                "GET", "/api/v1/events?scope=platform&type=\(type)&after=\(after)",
                token: stack.adminToken)
            try #require(page.status == 200, "\(page.text)")
            events += page.json?["data"]?.items ?? []
            after = try #require(page.json?["next_after"]?.int)
            guard page.json?["has_more"]?.bool == true else { return events }
        }
    }

    mutating func apply(_ event: JSONValue) {
        let type = event["type"]?.string ?? ""
        let subject = event["subject"]?["id"]?.string ?? ""
        let parent = event["parent"]?["id"]?.string ?? ""
        let data = event["data"]
        let after = data?["after"]

        // In an event of a deletion `after` is null.
        let isGone = after == nil || after == .null
        let state = isGone ? data?["before"] : after
        func value(_ name: String) -> String { state?[name]?.string ?? "" }
        switch type.prefix(while: { $0 != "." }) {
        case "entity":
            set("entity \(subject)", isGone ? nil : value("owner_id"))
            // The owner is always a publisher.
            if type == "entity.created" { set("publisher \(subject) \(value("owner_id"))", "") }
        case "share" where type != "share.passed_on":
            set("share \(parent) \(value("user_id"))", isGone ? nil : "")
        case "publisher": set("publisher \(parent) \(subject)", isGone ? nil : "")
        case "member": set("member \(parent) \(subject)", isGone ? nil : value("role"))
        case "publication":
            let isPublic = state?["is_public"]?.bool == true
            set("publication \(parent) \(value("entity_id"))", isGone ? nil : "\(isPublic)")
        case "integration": set("integration \(subject)", isGone ? nil : value("owner"))
        case "integration_share":
            let level = state?["access_level"]?.int ?? 0
            set("integration_share \(parent) \(value("principal"))", isGone ? nil : "\(level)")
        case "team": set("team \(subject)", isGone ? nil : "")
        case "team_member":
            set("team_member \(parent) \(value("user_id"))", isGone ? nil : value("role"))
        case "collaborator":
            let isAdded = type == "collaborator.added"
            set(
                "collaborator \(parent) \(data?["user_id"]?.string ?? "")",
                isAdded ? data?["role"]?.string : nil)
        case "workspace": applyWorkspace(type, subject, parent, data)
        default: break
        }
    }

    private mutating func applyWorkspace(
        _ type: String, _ subject: String, _ parent: String, _ data: JSONValue?
    ) {
        let user = data?["user_id"]?.string ?? ""
        let permissions = data?["permissions"]?.string
        switch type {
        case "workspace.created":
            set(
                "workspace_member \(subject) \(data?["after"]?["owner_id"]?.string ?? "")", "owner")
        case "workspace.deleted":
            set(
                "workspace_member \(subject) \(data?["before"]?["owner_id"]?.string ?? "")", nil)
        case "workspace.invitation_accepted":
            // A member keeps the higher permissions; a change has an event of its own.
            let key = "workspace_member \(parent) \(user)"
            if facts[key] == nil { set(key, permissions) }
        case "workspace.permissions_changed", "workspace.member_removed":
            set("workspace_member \(parent) \(user)", permissions)
        default: break
        }
    }

    private mutating func set(_ key: String, _ value: String?) { facts[key] = value }
}

/// The same facts in the databases of the stopped services.
enum StoredFacts {
    private static let queries: [(LiveStack.Service, String)] = [
        (.entities, "SELECT 'entity ' || id || ' ' || owner_id FROM entities"),
        (.entities, "SELECT 'share ' || entity_id || ' ' || user_id || ' ' FROM shares"),
        (.entities, "SELECT 'publisher ' || entity_id || ' ' || user_id || ' ' FROM publishers"),
        (
            .organizations,
            """
            SELECT 'member ' || m.organization_id || ' ' || m.user_id || ' ' || r.name
            FROM memberships m JOIN roles r ON r.id = m.role_id
            """
        ),
        (
            .organizations,
            """
            SELECT 'publication ' || organization_id || ' ' || entity_id || ' '
                || iif(is_public, 'true', 'false') FROM publications
            """
        ),
        (.integrations, "SELECT 'integration ' || id || ' ' || owner FROM integrations"),
        (
            .integrations,
            """
            SELECT 'integration_share ' || integration_id || ' ' || principal || ' '
                || access_level FROM shares
            """
        ),
        (.integrations, "SELECT 'team ' || id || ' ' FROM teams"),
        (
            .integrations,
            "SELECT 'team_member ' || team_id || ' ' || user_id || ' ' || role FROM team_members"
        ),
        (
            .invitations,
            """
            SELECT 'collaborator ' || entity_id || ' ' || user_id || ' ' || role
            FROM collaborators
            """
        ),
        (
            .invitations,
            """
            SELECT 'workspace_member ' || workspace_id || ' ' || user_id || ' ' || permissions
            FROM workspace_members
            """
        ),
    ]

    static func read(_ stack: LiveStack) async throws -> Set<String> {
        var facts: Set<String> = []
        for (service, query) in queries {
            let lines = try await SQLite.run(query, on: stack, service.rawValue)
            facts.formUnion(lines.split(separator: "\n").map(String.init))
        }
        return facts
    }
}
