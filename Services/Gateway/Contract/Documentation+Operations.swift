import Contract
import Kernel

extension StartedOperationBody: Documented {
    public static let meaning = "An operation that has begun."

    public static var members: [Member] {
        [Member("operationId", "The operation's id.", .id("opr_"))]
    }
}

extension OperationBody: Documented {
    public static let meaning = "The offboarding of a user."

    public static var members: [Member] {
        [
            Member("id", "Unique id; never changes.", .id("opr_")),
            Member("userId", "The user.", .id("usr_")),
            Member(
                "state",
                "`done` once all services have revoked everything; `running` also while one "
                    + "of them doesn't respond."),
            Member("removed", "Numbers of what was revoked so far."),
            Member("passedOn", "Numbers of what has another owner so far."),
            Member("startedAt", "When the operation began."),
            Member(
                "finishedAt", "When the last service was done; `null` while it is running.",
                example: .null),
        ]
    }
}

extension OperationBody.Removed: Documented {
    public static let schemaName = "RemovedCounts"
    public static let meaning = "Numbers of what was revoked."

    public static var members: [Member] {
        [
            Member("shares", "Shares of entities that the user got."),
            Member("publishers", "Entities that the user no longer publishes."),
            Member("installations", "Installations."),
            Member("memberships", "Memberships in organizations."),
            Member("integrationShares", "Shares of integrations that the user got."),
            Member("teamMemberships", "Memberships in teams."),
            Member("collaborations", "Entities that the user no longer collaborates on."),
            Member("workspaceMemberships", "Memberships in workspaces."),
            Member(
                "invitations",
                "Revoked invitations: to the user's address, and those that the user sent to "
                    + "entities."),
            Member("organizations", "Organizations without other members, which were deleted."),
            Member("workspaces", "Workspaces without other members, which were deleted."),
        ]
    }
}

extension OperationBody.PassedOn: Documented {
    public static let schemaName = "PassedOnCounts"
    public static let meaning = "Numbers of what has another owner."

    public static var members: [Member] {
        [
            Member("entities", "Entities."),
            Member("shares", "Shares that the user gave; the entity's owner is their creator now."),
            Member("organizations", "Organizations of which the user was the last owner."),
            Member("integrations", "Integrations."),
            Member("workspaces", "Workspaces."),
        ]
    }
}
