import IntegrationsContract

/// A user or a team, which can have access and own. By id, which never changes, so that grants
/// survive renames.
enum Principal: Sendable, Hashable {
    case user(String)
    case team(String)

    private static let teamPrefix = "team:"

    /// The stored and audited form; no user id contains a colon.
    var key: String {
        switch self {
        case .user(let id): id
        case .team(let id): Self.teamPrefix + id
        }
    }

    init(key: String) {
        self =
            key.hasPrefix(Self.teamPrefix)
            ? .team(String(key.dropFirst(Self.teamPrefix.count))) : .user(key)
    }
}

/// The name of a principal in requests and responses: `user:<username>`, `team:<teamId>`.
enum PrincipalName: Sendable, Hashable {
    case user(String)
    case team(String)

    /// nil for other texts.
    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty else { return nil }
        switch PrincipalType(rawValue: String(parts[0])) {
        case .user: self = .user(String(parts[1]))
        case .team: self = .team(String(parts[1]))
        case nil: return nil
        }
    }

    var type: PrincipalType {
        switch self {
        case .user: .user
        case .team: .team
        }
    }

    var text: String {
        switch self {
        case .user(let name), .team(let name): "\(type.rawValue):\(name)"
        }
    }
}

/// A principal with its name, for responses.
struct NamedPrincipal: Sendable, Hashable {
    let principal: Principal
    let name: PrincipalName
    let displayName: String

    /// Named by the id, which can't be a username.
    init(nameless principal: Principal) {
        self.principal = principal
        switch principal {
        case .user(let id): (name, displayName) = (.user(id), "")
        case .team(let id): (name, displayName) = (.team(id), "")
        }
    }

    init(_ team: Team) {
        principal = .team(team.id)
        name = .team(team.id)
        displayName = team.name
    }
}
