import Kernel

/// Why the integrations context refuses a request.
public enum IntegrationProblems {
    public static let notManager = ProblemType.forbidden(
        "not_an_integration_manager",
        "Only the integration's owner, `data-wizard`s and `admin`s of the team that owns it, and "
            + "platform admins can do this.")
    public static let notOwner = ProblemType.forbidden(
        "not_an_integration_owner",
        "Only the integration's owner, `admin`s of the team that owns it, and platform admins can "
            + "delete it.")
    public static let adminRequired = ProblemType.forbidden(
        "admin_required", "Only platform admins can transfer an integration.")
    public static let insufficientTeamRole = ProblemType.forbidden(
        "insufficient_team_role",
        "Only `data-wizard`s and `admin`s of a team can make it the owner of an integration.")

    // MARK: Teams

    public static let notTeamAdmin = ProblemType.forbidden(
        "not_a_team_admin", "Only `admin`s of the team and platform admins can do this.")
    public static let teamIdTaken = ProblemType.conflict(
        "team_id_taken", "Another team already has this id.")
    public static let teamOwnsIntegrations = ProblemType.conflict(
        "team_owns_integrations",
        "The team owns integrations. Transfer or delete them before you delete the team.")
}
