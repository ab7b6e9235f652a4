import Contract

/// Whom access is given to, and who owns: by ids, which never change, so that grants outlive new
/// names.
enum Principal: Sendable, Hashable {
    case user(String)
    case team(String)

    private static let teamPrefix = "team:"

    /// As it is stored and audited; no id of a user has a colon.
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

/// A principal as requests and answers name him: `user:<username>`, `team:<teamId>`.
enum PrincipalName: Sendable, Hashable {
    case user(String)
    case team(String)

    /// nil for what names neither.
    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty else { return nil }
        switch parts[0] {
        case "user": self = .user(String(parts[1]))
        case "team": self = .team(String(parts[1]))
        default: return nil
        }
    }

    var text: String {
        switch self {
        case .user(let username): "user:\(username)"
        case .team(let id): "team:\(id)"
        }
    }
}

/// A principal as answers show him.
struct NamedPrincipal: Sendable, Hashable {
    let principal: Principal
    let name: PrincipalName
    /// What people call him.
    let displayName: String

    init(_ user: UserProfile) {
        principal = .user(user.id)
        name = .user(user.username)
        displayName = user.displayName
    }

    /// Goes by his id, which no username can be.
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
