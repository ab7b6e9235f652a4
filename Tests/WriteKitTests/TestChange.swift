import Contract

/// Changes of a context that there is only in tests.
enum TestChange: String, AuditedChange {
    case entityRenamed = "entity.renamed"
    case shareCreated = "share.created"
    case shareHidden = "share.hidden"
    /// Its event has data of another form than its snapshots, which can be anything.
    case integrationUpdated = "integration.updated"

    var declaration: ChangeDeclaration {
        switch self {
        case .entityRenamed: .change("An entity was renamed.", shows: TestState.self)
        case .shareCreated:
            .change("Shared.", of: "entity", shows: TestShareState.self, as: "entity.shared")
        case .shareHidden: .said(by: "entity.renamed", of: "entity", data: UserProfile.self)
        case .integrationUpdated: .change("Changed.", data: UserProfile.self)
        }
    }
}

enum TestState: AuditedState {
    static let meaning = "A thing."

    static let members = [
        StateMember("fullName", "Its name.", .plain, .longText, .orNull, example: "x"),
        StateMember("isOpen", "Whether it is open.", .plain, .flag, .optional),
        StateMember("scopes", "A list.", .plain, .list, .optional),
        StateMember("accessLevel", "A number.", .plain, .number, .optional),
    ]
}

enum TestShareState: AuditedState {
    static let meaning = "A share."

    static let members = [StateMember("userId", "The user.", .id(like: "usr_"))]
}
