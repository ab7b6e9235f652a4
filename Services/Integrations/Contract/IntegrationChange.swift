import Contract
import Kernel

/// The changes of this context that its audit records.
public enum IntegrationChange: String, AuditedChange {
    case integrationCreated = "integration.created"
    case integrationUpdated = "integration.updated"
    case integrationOwnerChanged = "integration.owner_changed"
    case integrationDeleted = "integration.deleted"
    case shareCreated = "share.created"
    case shareChanged = "share.changed"
    case shareRemoved = "share.removed"
    case teamCreated = "team.created"
    case teamUpdated = "team.updated"
    case teamDeleted = "team.deleted"
    case teamMemberAdded = "team_member.added"
    case teamMemberRoleChanged = "team_member.role_changed"
    case teamMemberRemoved = "team_member.removed"

    public var declaration: ChangeDeclaration {
        switch self {
        case .integrationCreated: integration("An integration was created.")
        case .integrationUpdated:
            integration("An integration's name, slug, description or external id changed.")
        case .integrationOwnerChanged:
            integration("The ownership of an integration was transferred; for the new owner.")
        case .integrationDeleted:
            integration("An integration was deleted. Its shares have events of their own.")
        // Shares of entities are called the same in the audit.
        case .shareCreated:
            share("An integration was shared with a user or team.", "integration_share.created")
        case .shareChanged: share("A share's access level changed.", "integration_share.changed")
        case .shareRemoved:
            share("A share of an integration was revoked.", "integration_share.removed")
        case .teamCreated: .change("A team was created.", shows: TeamState.self)
        case .teamUpdated:
            .change("A team's name, external id or manager changed.", shows: TeamState.self)
        case .teamDeleted:
            .change(
                "A team was deleted. Its members and shares have events of their own.",
                shows: TeamState.self)
        case .teamMemberAdded: member("A user became a member of a team.")
        case .teamMemberRoleChanged: member("A team member's role changed.")
        case .teamMemberRemoved: member("A team member was removed or left.")
        }
    }

    private func integration(_ meaning: String) -> ChangeDeclaration {
        .change(meaning, shows: IntegrationState.self)
    }

    private func share(_ meaning: String, _ type: String) -> ChangeDeclaration {
        .change(meaning, of: "integration", shows: IntegrationShareState.self, as: type)
    }

    private func member(_ meaning: String) -> ChangeDeclaration {
        .change(meaning, of: "team", shows: TeamMemberState.self)
    }
}

public enum IntegrationState: AuditedState {
    public static let meaning = "An integration, as far as it matters to access."

    public static let members = [
        StateMember("name", "The integration's name.", example: "Warehouse"),
        StateMember("slug", "The integration's slug.", example: "warehouse"),
        StateMember(
            "description", "The description.", .plain, .longText, .orNull,
            example: "Orders and stock"),
        StateMember("owner", "The owner: a user's id, or `team:` and a team's.", .id(like: "usr_")),
        .externalId(of: "integration"),
    ]
}

public enum IntegrationShareState: AuditedState {
    public static let meaning = "A user's or team's access to an integration."

    public static let members = [
        StateMember(
            "principal", "Who has access: a user's id, or `team:` and a team's.",
            example: "team:data"),
        StateMember("accessLevel", "The access level.", .plain, .number, example: 2),
    ]
}

public enum TeamState: AuditedState {
    public static let meaning = "A team."

    public static let members = [
        StateMember("name", "The team's name.", example: "Data"),
        .externalId(of: "team"),
        StateMember(
            "managedBy", "What manages the team: `scim`, or nothing.", .plain, .text, .orNull,
            example: .null),
    ]
}

public enum TeamMemberState: AuditedState {
    public static let meaning = "A member of a team."

    public static let members = [
        StateMember("teamId", "The team's id.", example: "data"),
        StateMember("userId", "The member's user id.", .id(like: "usr_")),
        StateMember("role", "The member's role.", .words(TeamRole.allCases)),
    ]
}
